import { expect, it } from 'vitest';
import type { Container } from '../../contract/records.ts';
import type { Share } from '../../contract/shares.ts';
import { aContainer } from '../testing/sample-records.ts';
import { watchedRoots } from './watched-roots.ts';

function sharing(path: string, change: Partial<Share> = {}): Record<string, Share> {
  const share = {
    path,
    realPath: path,
    readOnly: false,
    state: 'mounted',
    problem: null,
    addedAt: 0,
  } as const;
  return { [path]: { ...share, ...change } };
}

function mounting(...sources: string[]): Record<string, Container> {
  const binds = sources.map((source) => ({ source, target: '/src', readOnly: false }));
  return { one: aContainer({ state: 'running', binds }) };
}

const hostPaths = (state: Parameters<typeof watchedRoots>[0]) =>
  watchedRoots(state).map((root) => root.hostPath);

it('is what running containers have mounted of shares, each once', () => {
  const shares = { ...sharing('/home/ann'), ...sharing('/srv/www') };
  const containers = mounting('/home/ann/a', '/home/ann/a/b', '/home/ann/ab', '/etc', '/home/anna');
  expect(hostPaths({ shares, containers })).toEqual(['/home/ann/a', '/home/ann/ab']);
});

it('is a whole share where a folder around it is mounted', () => {
  expect(hostPaths({ shares: sharing('/home/ann'), containers: mounting('/home') })).toEqual(['/home/ann']);
});

it('is nothing while no container runs, or no share is mounted', () => {
  const containers = mounting('/home/ann/a');
  const stopped = { one: aContainer({ state: 'exited', binds: containers.one?.binds ?? [] }) };
  expect(hostPaths({ shares: sharing('/home/ann'), containers: stopped })).toEqual([]);
  expect(hostPaths({ shares: sharing('/home/ann', { state: 'waiting' }), containers })).toEqual([]);
});

it('knows a share by either of its names', () => {
  const shares = sharing('/home/ann/now', { realPath: '/data/2026' });
  for (const at of ['/home/ann/now/app', '/data/2026/app']) {
    expect(watchedRoots({ shares, containers: mounting(at) })).toEqual([
      { hostPath: '/data/2026/app', share: '/data/2026' },
    ]);
  }
});
