import { expect, test } from 'vitest';
import { changedFolders, mountsOf, newMounts, type PresentShare } from './share-mounts.ts';

function share(path: string, change: Partial<PresentShare> = {}): PresentShare {
  return { path, realPath: path, readOnly: false, identity: `1:${path.length}`, ...change };
}

const brief = (shares: readonly PresentShare[]): string[] =>
  mountsOf(shares).map(({ kind, path, target }) => [kind, path, target].join(' ').trim());

test('outer folders come before those in them', () => {
  expect(brief([share('/a/b/c'), share('/a', { readOnly: true }), share('/a/b')])).toEqual([
    'r /a',
    'w /a/b',
    'w /a/b/c',
  ]);
});

test('a symbolic link is one in the VM, too, where the folder it lies in is not shared', () => {
  const link = share('/home/ada/link', { realPath: '/data/project' });
  expect(brief([link])).toEqual(['w /data/project', 'l /home/ada/link /data/project']);
  expect(brief([link, share('/home/ada')])).toEqual(['w /data/project', 'w /home/ada']);
});

test('of two shares of one folder the one which names it decides', () => {
  const link = share('/link', { realPath: '/data', readOnly: true });
  expect(brief([share('/data'), link])).toEqual(['w /data', 'l /link /data']);
});

test('nothing has changed where everything is the same', () => {
  expect(changedFolders(mountsOf([share('/a')]), mountsOf([share('/a')]))).toEqual([]);
});

test('a change in a shared folder mounts the outermost one anew', () => {
  const outer = mountsOf([share('/a'), share('/a/b')]);
  expect(changedFolders(mountsOf([share('/a')]), outer)).toEqual(['/a']);
  expect(changedFolders(outer, mountsOf([share('/a/b')]))).toEqual(['/a']);
  expect(changedFolders(outer, mountsOf([share('/a'), share('/a/b'), share('/ab')]))).toEqual(['/ab']);
});

test('another folder at the same path is a change, as is another right', () => {
  const before = mountsOf([share('/a'), share('/b')]);
  expect(changedFolders(before, mountsOf([share('/a', { identity: '1:99' }), share('/b')]))).toEqual(['/a']);
  expect(changedFolders(before, mountsOf([share('/a'), share('/b', { readOnly: true })]))).toEqual(['/b']);
});

test('what is new is told apart from what stays, and a share keeps its name', () => {
  const before = mountsOf([share('/a'), share('/b')]);
  const after = mountsOf([share('/a'), share('/b', { readOnly: true })]);
  expect(newMounts(before, after).map(({ path }) => path)).toEqual(['/b']);
  expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
  expect(new Set(after.map(({ name }) => name)).size).toBe(2);
});
