import { expect, test } from 'vitest';
import { type Figure, notRun } from './figure.ts';
import { figureTable } from './figure-table.ts';

const figure: Figure = {
  name: 'resume',
  unit: 's',
  measured: [1.2, 1.4, 1.3],
  goal: 1.5,
  ratioGoal: 6,
  baseline: { name: 'cold start', measured: [13, 12.9, 13.1] },
  how: 'by the clock',
};

const tableOf = (figures: readonly Figure[], problem: string | null = null): string[] =>
  figureTable([{ name: 'suspend', seconds: 1, problem, figures }]).split('\n');

test('shows the median with its noise, beside the goal and the baseline of the same run', () => {
  expect(tableOf([figure])[1]?.split(/ {2,}/)).toEqual([
    ...['suspend', 'resume', '1.30 s', '1.20 to 1.40, n=3', '≤ 1.50 s', 'reached'],
    ...['13 s (cold start)', '12.9 to 13.1, n=3', '10.0x, goal 6x reached', 'by the clock'],
  ]);
});

test('says what missed its goal', () => {
  expect(tableOf([{ ...figure, goal: 1, ratioGoal: 11 }])[1]).toMatch(/≤ 1 s {2}missed .* goal 11x missed/);
});

test('says what was not run, and keeps what a part had found before it failed', () => {
  const lines = tableOf([notRun('docker load', 's', 'refused'), { ...figure, baseline: null }], 'gone');
  expect(lines[1]).toMatch(/docker load +not run .*refused/);
  expect(lines[2]).toMatch(/resume .* none/);
  expect(lines[3]).toMatch(/FAILED +gone/);
});
