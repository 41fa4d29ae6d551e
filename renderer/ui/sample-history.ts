/** A sample, or where nobody looked for a while (`sample` null). */
export interface HistoryPoint<T> {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly sample: T | null;
}

/** What the plots show: at a sample every two seconds, sixty of them. */
export const historySpanMs = 120_000;

/** Two samples that went missing are a pause: a line across it would show what nobody has measured. */
const pauseMs = 6_000;

/** The samples of the last two minutes with `sample` after them, and what was before that no more. */
export function withSample<T extends { readonly at: number }>(
  history: readonly HistoryPoint<T>[],
  sample: T,
): readonly HistoryPoint<T>[] {
  const { at } = sample;
  const kept = history.filter((point) => point.at > at - historySpanMs && point.at < at);
  const last = kept.at(-1);
  const pause = last?.sample && at - last.at > pauseMs ? [{ at: at - 1, sample: null }] : [];
  return [...kept, ...pause, { at, sample }];
}

/** One value for each point. */
export function valuesOf<T>(
  history: readonly HistoryPoint<T>[],
  pick: (sample: T) => number | null,
): (number | null)[] {
  return history.map(({ sample }) => (sample ? pick(sample) : null));
}

/** The largest of all values; 0 where there are none. */
export function mostOf<T>(history: readonly HistoryPoint<T>[], pick: (sample: T) => number): number {
  return Math.max(0, ...history.map(({ sample }) => (sample ? pick(sample) : 0)));
}
