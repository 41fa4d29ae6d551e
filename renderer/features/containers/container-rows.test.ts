import { expect, it } from 'vitest';
import type { Container } from '../../../contract/records.ts';
import { containerRows, type RowsOptions } from './container-rows.ts';
import { containerSearch } from './container-search.ts';

function row(name: string, change: Partial<Container> = {}): Container {
  return {
    vm: 'service',
    id: name,
    name,
    image: 'demo:1',
    command: 'serve',
    state: 'running',
    status: 'Up 3 minutes',
    exitCode: null,
    createdAt: 1,
    startedAt: 2,
    arch: 'arm64',
    execution: 'emulated',
    emulator: null,
    ports: [],
    composeProject: null,
    autoRemove: false,
    binds: [],
    diagnosis: null,
    stale: false,
    ...change,
  };
}

const rows = (containers: Container[], change: Partial<RowsOptions> = {}) =>
  containerRows({
    containers,
    folded: new Set(),
    usage: (id) => ({ cpu: `${id} cpu`, memory: '1 MiB' }),
    lost: false,
    suspended: new Set(),
    ...change,
  });

it('is a plain list where nothing belongs to a project', () => {
  expect(rows([row('a'), row('b')]).map(({ key, level }) => [key, level])).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

it('puts containers under their projects by name, those without one last', () => {
  const containers = [
    row('alone'),
    row('db', { composeProject: 'shop', state: 'exited' }),
    row('api', { composeProject: 'shop', state: 'paused', autoRemove: true }),
    row('x', { composeProject: 'blog' }),
  ];
  expect(rows(containers).map(({ name, level }) => [name, level])).toEqual([
    ['Compose project blog', 1],
    ['x', 2],
    ['Compose project shop', 1],
    ['db', 2],
    ['api', 2],
    ['Without a Compose project', 1],
    ['alone', 2],
  ]);
  const shop = rows(containers).find(({ name }) => name === 'Compose project shop');
  expect(shop).toMatchObject({ containers: 2, running: 0, up: 1, losing: true, open: true });
  const folded = rows(containers, { folded: new Set([shop?.key ?? '']) });
  expect(folded.map(({ name }) => name)).not.toContain('db');
  expect(folded.find(({ name }) => name === 'Compose project shop')).toMatchObject({ open: false });
});

it('shows figures only of what runs and can be seen', () => {
  const containers = [row('up'), row('down', { state: 'exited' }), row('gone', { stale: true })];
  const cpu = (change?: Partial<RowsOptions>) =>
    rows(containers, change).map((each) => (each.kind === 'container' ? each.cpu : ''));
  expect(cpu()).toEqual(['up cpu', '', '']);
  expect(cpu({ lost: true })).toEqual(['', '', '']);
});

it('finds by every word a row shows', () => {
  const container = row('web-1', { composeProject: 'shop', status: 'Up 2 hours (healthy)' });
  for (const search of ['', 'WEB', 'shop emulated', 'arm64 healthy', 'demo:1']) {
    expect(containerSearch(search)(container), search).toBe(true);
  }
  expect(containerSearch('web native')(container)).toBe(false);
});
