import { expect, it } from 'vitest';
import type { Span } from './ansi-spans.ts';
import { withMatches } from './with-matches.ts';

const span = (text: string, classes = ''): Span => ({ text, classes, color: null });
const pieces = (spans: readonly Span[], search: string) =>
  withMatches(spans, search).map(({ text, matches }) => (matches ? `[${text}]` : text));

it('marks every match, across spans and whatever its case', () => {
  expect(pieces([span('one Two one')], 'one')).toEqual(['[one]', ' Two ', '[one]']);
  expect(pieces([span('on', 'text-bad'), span('e tw'), span('o')], 'one two')).toEqual([
    '[on]',
    '[e tw]',
    '[o]',
  ]);
  expect(pieces([span('aTIMEDout')], 'timed')).toEqual(['a', '[TIMED]', 'out']);
});

it('leaves the spans alone without a search or a match', () => {
  expect(pieces([span('a'), span('b')], '')).toEqual(['a', 'b']);
  expect(pieces([span('a'), span('b')], 'x')).toEqual(['a', 'b']);
});
