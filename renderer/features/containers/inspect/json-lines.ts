/** A line of a JSON document as it is printed with an indentation of two. */
export interface JsonLine {
  readonly number: number;
  readonly text: string;
  /** How deep it stands. */
  readonly depth: number;
}

export function jsonLines(value: unknown): readonly JsonLine[] {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((text, number) => ({ number, text, depth: (text.length - text.trimStart().length) / 2 }));
}

/** The lines that have `search` (lower case) in them, each under the lines it belongs to; all of them without one. */
export function matchingLines(lines: readonly JsonLine[], search: string): readonly JsonLine[] {
  if (search === '') return lines;
  const kept: JsonLine[] = [];
  /** What the line at hand belongs to, outermost first. */
  const above: JsonLine[] = [];
  for (const line of lines) {
    while (above.length > 0 && (above.at(-1)?.depth ?? 0) >= line.depth) above.pop();
    if (line.text.toLowerCase().includes(search)) {
      for (const parent of above) if ((kept.at(-1)?.number ?? -1) < parent.number) kept.push(parent);
      kept.push(line);
    }
    above.push(line);
  }
  return kept;
}
