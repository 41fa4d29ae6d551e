import type { VmFigures } from '../../../contract/vm-figures.ts';

/** A sample, or where nobody looked for a while (`figures` null). */
export interface HistoryPoint {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly figures: VmFigures | null;
}

/** What the plots show: at a sample every two seconds, sixty of them. */
export const historySpanMs = 120_000;

/** Two samples that went missing are a pause: a line across it would show what nobody has measured. */
const pauseMs = 6_000;

/** The samples of the last two minutes with `figures` after them, and what was before that no more. */
export function withSample(history: readonly HistoryPoint[], figures: VmFigures): readonly HistoryPoint[] {
  const { at } = figures;
  const kept = history.filter((point) => point.at > at - historySpanMs && point.at < at);
  const last = kept.at(-1);
  const pause = last?.figures && at - last.at > pauseMs ? [{ at: at - 1, figures: null }] : [];
  return [...kept, ...pause, { at, figures }];
}

/** One value for each point. */
export function valuesOf(
  history: readonly HistoryPoint[],
  pick: (figures: VmFigures) => number | null,
): (number | null)[] {
  return history.map(({ figures }) => (figures ? pick(figures) : null));
}
