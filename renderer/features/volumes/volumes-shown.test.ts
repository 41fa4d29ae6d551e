import { expect, it } from 'vitest';
import type { Volume } from '../../../contract/volumes.ts';
import { volumesNote } from './volumes-note.ts';
import { volumesShown } from './volumes-shown.ts';

const MiB = 1024 ** 2;

function volume(name: string, change: Partial<Volume> = {}): Volume {
  return {
    vm: 'service',
    name,
    anonymous: false,
    driver: 'local',
    mountpoint: '/data',
    createdAt: null,
    labels: {},
    options: {},
    composeProject: null,
    users: [],
    size: null,
    stale: false,
    ...change,
  };
}

const volumes = [
  volume('cache', { size: { bytes: 3 * MiB, at: 1 } }),
  volume('data', { users: [{ id: 'a', name: 'postgres' }], size: { bytes: 9 * MiB, at: 1 } }),
  volume('new', { labels: { team: 'Harbour' } }),
];
const names = (shown: readonly Volume[]): string[] => shown.map(({ name }) => name);

it('finds by name, label and user', () => {
  expect(names(volumesShown(volumes, 'POST', 'name'))).toEqual(['data']);
  expect(names(volumesShown(volumes, 'harbour new', 'name'))).toEqual(['new']);
});

it('puts the largest first, and what was not measured last', () => {
  expect(names(volumesShown(volumes, '', 'size'))).toEqual(['data', 'cache', 'new']);
});

it('tells unused ones apart', () => {
  expect(names(volumesShown(volumes, '', 'unused'))).toEqual(['cache', 'new']);
});

it('sums up what was measured, and says when not all of it was', () => {
  expect(volumesNote(volumes, false)).toBe('3 volumes, 2 unused · 12 MiB in the 2 that were measured');
  expect(volumesNote(volumes.slice(0, 2), true)).toBe('When last heard of: 2 volumes, 1 unused · 12 MiB');
  expect(volumesNote([volume('one')], false)).toBe('1 volume, 1 unused');
  expect(volumesNote([], false)).toBeUndefined();
});
