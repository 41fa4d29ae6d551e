import { expect, it } from 'vitest';
import type { LogLine } from '../../../../contract/container-logs.ts';
import { LogBuffer } from './log-buffer.ts';

const lines = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from }, (_, index) => ({
    from: 'stdout',
    at: null,
    text: `line \u001b[31m${from + index}\u001b[0m`,
  }));

it('keeps the newest lines and counts the others', () => {
  const buffer = new LogBuffer(10);
  buffer.append(lines(0, 8));
  buffer.append(lines(8, 25));
  expect(buffer.lines.map(({ plain }) => plain)).toEqual(
    lines(15, 25).map((_, index) => `line ${15 + index}`),
  );
  expect(buffer.lines[0]?.number).toBe(15);
  expect(buffer.dropped).toBe(15);
});

it('finds in what a person reads, in what is there and in what comes, and forgets what is dropped', () => {
  const buffer = new LogBuffer(10);
  buffer.append(lines(0, 10));
  buffer.search('line 1');
  expect(buffer.found.map(({ number }) => number)).toEqual([1]);
  buffer.append(lines(10, 15));
  expect(buffer.found.map(({ number }) => number)).toEqual([10, 11, 12, 13, 14]);
  buffer.search('');
  expect(buffer.found).toEqual([]);
});

it('takes a hundred thousand lines and more', () => {
  const buffer = new LogBuffer();
  buffer.search('99999');
  for (let from = 0; from < 120_000; from += 20_000) buffer.append(lines(from, from + 20_000));
  expect(buffer.lines).toHaveLength(100_000);
  expect(buffer.dropped).toBe(20_000);
  expect(buffer.found.map(({ plain }) => plain)).toEqual(['line 99999']);
});
