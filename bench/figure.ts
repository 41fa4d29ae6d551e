/** One measured figure. `baseline` null means that there is nothing to compare with, or that it was not run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | 'MB' | '%';
  /** The figure to reach, in the same unit; at most this. Null: none was set. */
  readonly goal: number | null;
  /** How many times smaller than the baseline it has to be, besides. */
  readonly ratioGoal?: number;
  readonly baseline: { readonly name: string; readonly value: number } | null;
  /** How it was measured, in a few words. */
  readonly how: string;
}

/** The figures as a table for people; the ratio says how many times smaller than the baseline. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    amount(figure.value, figure.unit),
    figure.goal === null ? '' : `≤ ${amount(figure.goal, figure.unit)}`,
    figure.goal === null ? '' : figure.value <= figure.goal ? 'reached' : 'missed',
    figure.baseline ? `${amount(figure.baseline.value, figure.unit)} (${figure.baseline.name})` : 'not run',
    ratioWords(figure),
    figure.how,
  ]);
  const all = [['figure', 'measured', 'goal', '', 'baseline', 'ratio', 'how'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function ratioWords({ value, baseline, ratioGoal }: Figure): string {
  if (!baseline) return '';
  const ratio = baseline.value / value;
  const reached =
    ratioGoal === undefined ? '' : `, goal ${ratioGoal}x ${ratio >= ratioGoal ? 'reached' : 'missed'}`;
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x${reached}`;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function amount(value: number, unit: Figure['unit']): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
