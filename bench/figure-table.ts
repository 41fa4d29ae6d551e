import type { PartReport } from './bench-report.ts';
import { type Figure, median, type Unit } from './figure.ts';

const heads = [
  'part',
  'figure',
  'median',
  'min to max',
  'goal',
  '',
  'baseline',
  'its min to max',
  'ratio',
  'how',
];

/** The figures as a table for people; the ratio says how many times smaller than the baseline. */
export function figureTable(parts: readonly PartReport[]): string {
  const rows = parts.flatMap(({ name, problem, figures }) => [
    ...figures.map((figure) => [name, ...cells(figure)]),
    ...(problem === null ? [] : [[name, 'FAILED', problem]]),
  ]);
  const all = [heads, ...rows];
  // A failure's words are as long as they are, and would push everything else away.
  const widths = heads.map((_, column) =>
    Math.max(...all.map((row) => (row.length === heads.length ? (row[column]?.length ?? 0) : 0))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ name, unit, measured, goal, ratioGoal, baseline, how }: Figure): string[] {
  const value = median(measured);
  const ran = measured.length > 0;
  const ratio = ran && baseline && baseline.measured.length > 0 ? median(baseline.measured) / value : null;
  return [
    name,
    ran ? amount(value, unit) : 'not run',
    spread(measured),
    goal === null ? '' : `≤ ${amount(goal, unit)}`,
    goal === null || !ran ? '' : value <= goal ? 'reached' : 'missed',
    baselineWords(baseline, unit),
    spread(baseline?.measured ?? []),
    ratioWords(ratio, ratioGoal),
    how,
  ];
}

function baselineWords(baseline: Figure['baseline'], unit: Unit): string {
  if (baseline === null) return 'none';
  const { name, measured } = baseline;
  return measured.length === 0 ? `not run (${name})` : `${amount(median(measured), unit)} (${name})`;
}

function ratioWords(ratio: number | null, goal: number | undefined): string {
  if (ratio === null || !Number.isFinite(ratio)) return '';
  const reached = goal === undefined ? '' : `, goal ${goal}x ${ratio >= goal ? 'reached' : 'missed'}`;
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x${reached}`;
}

/** The noise: smallest, largest, and of how many; one alone has none. */
function spread(measured: readonly number[]): string {
  if (measured.length < 2) return measured.length === 1 ? 'one run' : '';
  return `${digits(Math.min(...measured))} to ${digits(Math.max(...measured))}, n=${measured.length}`;
}

function amount(value: number, unit: Unit): string {
  return `${digits(value)} ${unit}`;
}

function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
