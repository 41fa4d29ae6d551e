import { expect, it } from 'vitest';
import { historySpanMs, valuesOf, withSample } from './sample-history.ts';

const figuresAt = (at: number, cpuShare: number | null = 0.5) => ({ at, cpuShare });

it('keeps the last two minutes', () => {
  const first = withSample([], figuresAt(1_000));
  const both = withSample(first, figuresAt(3_000));
  expect(both.map(({ at }) => at)).toEqual([1_000, 3_000]);
  expect(withSample(both, figuresAt(1_000 + historySpanMs)).map(({ at }) => at)).toEqual([
    3_000,
    historySpanMs + 999,
    historySpanMs + 1_000,
  ]);
});

it('shows a pause as a gap, not as a line', () => {
  const paused = withSample(withSample([], figuresAt(1_000, 0.2)), figuresAt(60_000, 0.4));
  expect(valuesOf(paused, ({ cpuShare }) => cpuShare)).toEqual([0.2, null, 0.4]);
});

it('takes a clock that was set back: what lies in the future is forgotten', () => {
  const before = withSample(withSample([], figuresAt(5_000)), figuresAt(7_000));
  expect(withSample(before, figuresAt(6_000)).map(({ at }) => at)).toEqual([5_000, 6_000]);
});
