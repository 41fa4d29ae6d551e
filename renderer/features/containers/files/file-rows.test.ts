import { expect, it } from 'vitest';
import { fileRows, joinPath, modeWords, pathSteps } from './file-rows.ts';

const entry = (name: string) => ({
  name,
  kind: 'file' as const,
  sizeBytes: 1,
  modifiedAt: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  target: null,
  leadsTo: null,
});

it('knows the way to a folder, and to what is in it', () => {
  expect(pathSteps('/').map(({ path }) => path)).toEqual(['/']);
  expect(pathSteps('/var/log')).toEqual([
    { name: '/', path: '/' },
    { name: 'var', path: '/var' },
    { name: 'log', path: '/var/log' },
  ]);
  expect(joinPath('/', 'etc')).toBe('/etc');
  expect(joinPath('/etc', "it's")).toBe("/etc/it's");
});

it('leads nowhere by a name it cannot write, and keeps rows of the same name apart', () => {
  const rows = fileRows('/d', [entry('a'), entry('b\ufffd'), entry('b\ufffd')], () => undefined);
  expect(rows.map(({ path }) => path)).toEqual(['/d/a', null, null]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
});

it('writes modes as ls does', () => {
  expect(modeWords(0o755)).toBe('rwxr-xr-x');
  expect(modeWords(0o4755)).toBe('rwsr-xr-x');
  expect(modeWords(0o2644)).toBe('rw-r-Sr--');
  expect(modeWords(0o1777)).toBe('rwxrwxrwt');
});
