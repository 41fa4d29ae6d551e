import type { Span } from './ansi-spans.ts';

export interface MatchedSpan extends Span {
  readonly matches: boolean;
}

/** The spans cut where `search` is found in their text together; it is in lower case, or empty. */
export function withMatches(spans: readonly Span[], search: string): readonly MatchedSpan[] {
  if (search === '') return spans.map((span) => ({ ...span, matches: false }));
  const text = spans
    .map((span) => span.text)
    .join('')
    .toLowerCase();
  const found: MatchedSpan[] = [];
  let spanStart = 0;
  for (const span of spans) {
    const spanEnd = spanStart + span.text.length;
    let at = spanStart;
    for (const [from, to] of rangesOf(text, search)) {
      const begin = Math.max(from, at);
      const end = Math.min(to, spanEnd);
      if (begin >= end) continue;
      if (begin > at)
        found.push({ ...span, text: slice(span, at - spanStart, begin - spanStart), matches: false });
      found.push({ ...span, text: slice(span, begin - spanStart, end - spanStart), matches: true });
      at = end;
    }
    if (at < spanEnd) found.push({ ...span, text: slice(span, at - spanStart), matches: false });
    spanStart = spanEnd;
  }
  return found;
}

function slice({ text }: Span, from: number, to?: number): string {
  return text.slice(from, to);
}

function rangesOf(text: string, search: string): readonly [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + search.length)) {
    ranges.push([at, at + search.length]);
  }
  return ranges;
}
