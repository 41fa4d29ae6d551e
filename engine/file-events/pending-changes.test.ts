import { expect, it } from 'vitest';
import { PendingChanges } from './pending-changes.ts';

it('tells everything once, the newest first', () => {
  const pending = new PendingChanges(10);
  pending.add('/a', 'x', false);
  pending.add('/b', 'y', true);
  pending.add('/a', 'x', false);
  pending.add('/a', 'z', true);
  expect(pending.take(10)).toEqual([
    {
      folder: '/a',
      whole: false,
      names: new Map([
        ['x', false],
        ['z', true],
      ]),
    },
    { folder: '/b', whole: false, names: new Map([['y', true]]) },
  ]);
  expect(pending.empty).toBe(true);
});

it('remembers that a name came or went, whatever happens to it before and after', () => {
  const pending = new PendingChanges(10);
  for (const cameOrWent of [false, true, false]) pending.add('/a', 'x', cameOrWent);
  expect(pending.take(1)[0]?.names).toEqual(new Map([['x', true]]));
});

it('keeps a bounded number of names, the newest, and of the others their folders', () => {
  const pending = new PendingChanges(100);
  for (let at = 0; at < 20_000; at += 1) pending.add(`/${at % 2}`, `file ${at}`, true);
  pending.add('/2', 'saved', false);
  expect(pending.takeDropped()).toBe(19_901);
  const taken = pending.take(1_000);
  expect(taken.map(({ folder, names, whole }) => [folder, names.size, whole])).toEqual([
    ['/2', 1, false],
    ['/1', 50, true],
    ['/0', 49, true],
  ]);
  expect(pending.empty).toBe(true);
  pending.add('/0', 'later', true);
  expect(pending.takeDropped()).toBe(0);
});

it('tells of folders which have no name left', () => {
  const pending = new PendingChanges(1);
  for (const folder of ['/a', '/b', '/c']) pending.add(folder, 'x', true);
  expect(pending.take(2).map(({ folder, whole }) => [folder, whole])).toEqual([
    ['/c', false],
    ['/a', true],
  ]);
  expect(pending.take(2).map(({ folder, whole }) => [folder, whole])).toEqual([['/b', true]]);
  expect(pending.empty).toBe(true);
});

it('hands out no more names than asked for', () => {
  const pending = new PendingChanges(100);
  for (let at = 0; at < 5; at += 1) pending.add('/a', `${at}`, false);
  pending.add('/b', 'x', false);
  pending.add('/a', '2', false);
  const taken = [];
  while (!pending.empty) taken.push(pending.take(2).map(({ folder, names }) => [folder, ...names.keys()]));
  expect(taken).toEqual([
    [['/a', '4', '2']],
    [['/a', '1', '3']],
    [
      ['/a', '0'],
      ['/b', 'x'],
    ],
  ]);
});
