import { expect, test } from 'vitest';
import { DriftHistory } from './drift.ts';

const minuteMs = 60_000;

test('puts back three times in ten minutes, then stops until it is forgotten', () => {
  const history = new DriftHistory();
  const at = (minute: number) => history.note(['the entry was removed'], minute * minuteMs);
  expect([at(0), at(1), at(2)].map(({ restores, stopped }) => [restores, stopped])).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ]);
  expect(at(3)).toEqual({
    at: 3 * minuteMs,
    changes: ['the entry was removed'],
    restores: 3,
    stopped: true,
  });
  history.forget();
  expect(at(4)).toMatchObject({ restores: 1, stopped: false });
});

test('what happened more than ten minutes ago does not count', () => {
  const history = new DriftHistory();
  for (const minute of [0, 1, 2]) history.note([], minute * minuteMs);
  expect(history.note([], 10 * minuteMs)).toMatchObject({ restores: 3, stopped: false });
  expect(history.note([], 10.5 * minuteMs)).toMatchObject({ stopped: true });
});
