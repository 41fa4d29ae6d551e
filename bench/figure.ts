export type Unit = 's' | 'ms' | 'MB' | '%' | 'lines' | 'cycles' | 'datagrams';

/** What was measured of one thing, and of what it is compared with in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** Every single measurement in the order in which it was taken. Empty: not run, and `how` says why. */
  readonly measured: readonly number[];
  /** The median to reach, in the same unit; at most this. Null: none was set. */
  readonly goal: number | null;
  /** How many times smaller than the baseline's median it has to be, besides. */
  readonly ratioGoal?: number;
  /** Null: there is nothing to compare with. */
  readonly baseline: Baseline | null;
  /** How it was measured, in a few words. */
  readonly how: string;
}

export interface Baseline {
  readonly name: string;
  /** As `Figure.measured`. */
  readonly measured: readonly number[];
}

/** A figure which this run does not have, and why. */
export function notRun(name: string, unit: Unit, why: string): Figure {
  return { name, unit, measured: [], goal: null, baseline: null, how: why };
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Seconds which each of `runs` runs of `work` takes, one after the other. */
export async function secondsOf(runs: number, work: (run: number) => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    await work(run);
    seconds.push((performance.now() - begun) / 1_000);
  }
  return seconds;
}
