import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { ActivityLog } from '../../state/activity-log.ts';
import { Jobs } from '../../state/jobs.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker, type FakeRequest } from '../../testing/fake-docker.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { DockerObjects } from './docker-objects.ts';
import { ObjectWatcher } from './object-watcher.ts';

let folder: string;
let docker: FakeDocker;
let store: Store;
let objects: DockerObjects;
let gone: AbortController;
/** Names. */
let volumes: string[];
let networks: { Id: string; Name: string }[];
/** What each container uses. */
let users: { name: string; volumes: string[]; networks: string[] }[];
/** Asked before the usual answers. */
let special: (request: FakeRequest) => { status: number; body?: unknown } | undefined;

const cache = [
  { ID: 'one', Type: 'regular', Description: 'RUN make', Size: 500, InUse: false, Shared: false },
  { ID: 'two', Description: 'FROM debian', Size: 900, InUse: false, Shared: true, LastUsedAt: null },
  { ID: 'three', Description: 'COPY . .', Size: 70, InUse: true, CreatedAt: '0001-01-01T00:00:00Z' },
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  volumes = ['data', 'b'.repeat(64)];
  networks = [
    { Id: 'n1', Name: 'bridge' },
    { Id: 'n2', Name: 'back' },
  ];
  users = [];
  special = () => undefined;
  docker.answer = (request) => special(request) ?? usual(request);
  store = new Store(emptyState());
  gone = new AbortController();
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const connection = {
    vm: { name: 'service', arch: 'amd64' },
    docker: client,
    signal: gone.signal,
    objects: new ObjectWatcher({
      vm: { name: 'service' },
      docker: client,
      store,
      log: silentLog,
      signal: gone.signal,
    }),
  } as DockerConnection;
  objects = new DockerObjects({
    jobs: new Jobs(store),
    activity: new ActivityLog(),
    connection: () => connection,
  });
});

afterEach(async () => {
  gone.abort();
  await docker.close();
  await rm(folder, { recursive: true });
});

/** As much of dockerd as these calls need; removals take effect. */
function usual({ method, path, query, body }: FakeRequest): { status: number; body?: unknown } | undefined {
  const [, kind, id = ''] = path.split('/').map(decodeURIComponent);
  if (path === '/volumes') {
    return { status: 200, body: { Volumes: volumes.map((Name) => ({ Name, Driver: 'local' })) } };
  }
  if (path === '/networks') {
    return { status: 200, body: networks.map((network) => ({ ...network, Driver: 'bridge' })) };
  }
  if (path === '/containers/json') return { status: 200, body: users.map(containerOf) };
  if (path === '/volumes/create') {
    volumes.push((body as { Name: string }).Name);
    return { status: 201, body: {} };
  }
  if (path === '/networks/create') {
    networks.push({ Id: 'made', Name: (body as { Name: string }).Name });
    return { status: 201, body: { Id: 'made' } };
  }
  if (path === '/system/df') {
    const sized = volumes.map((Name) => ({ Name, UsageData: { Size: Name.length * 100, RefCount: 0 } }));
    return {
      status: 200,
      body: query.get('type') === 'volume' ? { Volumes: sized } : { BuildCache: cache },
    };
  }
  if (path === '/build/prune') return { status: 200, body: { CachesDeleted: ['one'], SpaceReclaimed: 500 } };
  if (method === 'DELETE' && kind === 'volumes') {
    volumes = volumes.filter((name) => name !== id);
    return { status: 204 };
  }
  if (method === 'DELETE' && kind === 'networks') {
    networks = networks.filter((network) => network.Id !== id);
    return { status: 204 };
  }
  if (method === 'GET' && kind === 'volumes' && volumes.includes(id)) {
    return { status: 200, body: { Name: id, Scope: 'local' } };
  }
  return undefined;
}

function containerOf({ name, volumes: mounts, networks: used }: (typeof users)[number]): object {
  return {
    Id: `id-of-${name}`,
    Names: [`/${name}`],
    Mounts: mounts.map((Name) => ({ Type: 'volume', Name })),
    NetworkSettings: { Networks: Object.fromEntries(used.map((NetworkID) => [NetworkID, { NetworkID }])) },
  };
}

describe('volumes', () => {
  it('are made, and not handed out twice', async () => {
    expect(await objects.createVolume('service', 'fresh')).toMatchObject({ name: 'fresh', users: [] });
    await expect(objects.createVolume('service', 'fresh')).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'There is a volume "fresh" already.',
    });
  });

  it('are removed only when nothing uses them, and the refusal names what does', async () => {
    users = [{ name: 'db', volumes: ['data'], networks: [] }];
    await expect(objects.removeVolume('service', 'data')).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'Volume "data" is used by db.',
    });
    expect(volumes).toContain('data');
    users = [];
    await objects.removeVolume('service', 'data');
    expect(store.state.volumes['service/data']).toBeUndefined();
    await expect(objects.removeVolume('service', 'data')).rejects.toMatchObject({ code: 'unknown_volume' });
  });

  it('refuse in plain words when Docker says no after all', async () => {
    special = ({ method }) =>
      method === 'DELETE' ? { status: 409, body: { message: 'volume is in use' } } : undefined;
    await expect(objects.removeVolume('service', 'data')).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'Volume "data" is in use.',
      details: { docker: 'volume is in use' },
    });
  });

  it('are shown as Docker has them; a name never leaves its place in the path', async () => {
    expect(await objects.inspectVolume('service', 'data')).toEqual({ Name: 'data', Scope: 'local' });
    await expect(objects.inspectVolume('service', '../containers/json')).rejects.toMatchObject({
      code: 'unknown_volume',
    });
    expect(docker.requests.at(-1)).toBe('GET /volumes/..%2Fcontainers%2Fjson');
  });

  it('are measured on demand, once for everybody who asks', async () => {
    const { signal } = new AbortController();
    const [measured] = await Promise.all([
      objects.measureVolumes('service', signal),
      objects.measureVolumes('service', signal),
    ]);
    expect(measured.find(({ name }) => name === 'data')?.size?.bytes).toBe(400);
    expect(docker.requests.filter((request) => request.startsWith('GET /system/df'))).toEqual([
      'GET /system/df?type=volume',
    ]);
  });

  it('are not measured any longer than somebody waits', async () => {
    const asked = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    special = ({ path }) => {
      if (path !== '/system/df') return undefined;
      asked.resolve();
      const body = new Readable({ read: () => undefined });
      body.once('close', () => closed.resolve());
      return { status: 200, body };
    };
    const leaving = new AbortController();
    const measuring = objects.measureVolumes('service', leaving.signal);
    await asked.promise;
    leaving.abort();
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
    await closed.promise;
  });
});

describe('networks', () => {
  it('are made and removed; those in use and those of Docker stay', async () => {
    const made = await objects.createNetwork({ vm: 'service', name: 'front', internal: true, subnet: null });
    expect(made).toMatchObject({ id: 'made', name: 'front' });
    const again = { vm: 'service', name: 'front', internal: false, subnet: null };
    await expect(objects.createNetwork(again)).rejects.toMatchObject({ code: 'wrong_state' });
    users = [{ name: 'web', volumes: [], networks: ['n2'] }];
    await expect(objects.removeNetwork('service', 'n2')).rejects.toThrow('Network "back" is used by web.');
    await expect(objects.removeNetwork('service', 'n1')).rejects.toThrow("is Docker's own");
    await objects.removeNetwork('service', 'made');
    expect(networks.map(({ Id }) => Id)).toEqual(['n1', 'n2']);
  });

  it('say which subnet is taken in words of Docker and a next step', async () => {
    special = ({ path }) =>
      path === '/networks/create'
        ? { status: 403, body: { message: 'Pool overlaps with other one on this address space' } }
        : undefined;
    const options = { vm: 'service', name: 'front', internal: false, subnet: '172.17.0.0/16' };
    await expect(objects.createNetwork(options)).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringContaining('Pool overlaps'),
      hint: expect.stringContaining('Choose a subnet'),
    });
  });

  it('take containers in and let them go', async () => {
    special = ({ path, body }) => {
      const act = /^\/networks\/n2\/(connect|disconnect)$/.exec(path)?.[1];
      const { Container: container } = body as { Container?: string };
      if (!act) return undefined;
      if (container !== 'id-of-web') return { status: 404, body: { message: 'No such container: gone' } };
      users = [{ name: 'web', volumes: [], networks: act === 'connect' ? ['n2'] : [] }];
      return { status: 200 };
    };
    await objects.connectNetwork('service', { id: 'n2', container: 'id-of-web' });
    expect(store.state.networks['service/n2']?.users).toMatchObject([{ name: 'web' }]);
    await objects.disconnectNetwork('service', { id: 'n2', container: 'id-of-web' });
    expect(store.state.networks['service/n2']?.users).toEqual([]);
    await expect(objects.connectNetwork('service', { id: 'n2', container: 'gone' })).rejects.toMatchObject({
      code: 'unknown_container',
      message: expect.stringContaining('"back"'),
    });
    await expect(
      objects.connectNetwork('service', { id: 'n9', container: 'id-of-web' }),
    ).rejects.toMatchObject({ code: 'unknown_network' });
  });
});

describe('the build cache', () => {
  it('is listed, largest first, and what an image shares counts for that', async () => {
    const found = await objects.buildCache('service', gone.signal);
    expect(found).toMatchObject({ totalBytes: 570, reclaimableBytes: 500 });
    expect(found.entries.map(({ id, shared }) => [id, shared])).toEqual([
      ['two', true],
      ['one', false],
      ['three', false],
    ]);
    expect(found.entries[2]).toMatchObject({ createdAt: null, usedAt: null, uses: 0, inUse: true });
  });

  it('is pruned whole, as a job', async () => {
    const plan = await objects.planPrune('service', 'build-cache', gone.signal);
    expect(plan).toMatchObject({
      bytes: 500,
      items: [
        { id: 'one', bytes: 500 },
        { id: 'two', bytes: 0 },
      ],
    });
    const pruned = await objects.prune({ vm: 'service', target: 'build-cache', ids: [] });
    expect(pruned).toEqual({ removed: 1, kept: [], bytes: 500 });
    expect(docker.requests.at(-1)).toBe('POST /build/prune?all=true');
    expect(Object.values(store.state.jobs)).toMatchObject([{ kind: 'prune', state: 'done' }]);
  });
});

describe('pruning', () => {
  it('shows what would go and how much, and takes no more than that', async () => {
    users = [{ name: 'db', volumes: ['data'], networks: ['n2'] }];
    const anonymous = await objects.planPrune('service', 'anonymous-volumes', gone.signal);
    expect(anonymous).toMatchObject({ bytes: 6_400, items: [{ id: 'b'.repeat(64), bytes: 6_400 }] });
    expect((await objects.planPrune('service', 'networks', gone.signal)).items).toEqual([]);
    users = [];
    const all = await objects.planPrune('service', 'volumes', gone.signal);
    expect(all.items.map(({ id }) => id)).toEqual(['b'.repeat(64), 'data']);
    // Between plan and click one came into use, another was made.
    users = [{ name: 'db', volumes: ['data'], networks: [] }];
    volumes.push('newer');
    const ids = all.items.map(({ id }) => id);
    const pruned = await objects.prune({ vm: 'service', target: 'volumes', ids });
    expect(pruned).toEqual({ removed: 1, kept: ['data'], bytes: 6_400 });
    expect(volumes).toEqual(['data', 'newer']);
    expect(Object.keys(store.state.volumes)).toEqual(['service/data', 'service/newer']);
  });

  it('goes on when something is in use after all, and never takes what Docker owns', async () => {
    special = ({ method, path }) =>
      method === 'DELETE' && path.endsWith('/data')
        ? { status: 409, body: { message: 'in use' } }
        : undefined;
    const ids = ['data', 'b'.repeat(64)];
    expect(await objects.prune({ vm: 'service', target: 'volumes', ids })).toMatchObject({
      removed: 1,
      kept: ['data'],
    });
    expect(await objects.prune({ vm: 'service', target: 'networks', ids: ['n1', 'n2'] })).toMatchObject({
      removed: 1,
      kept: ['n1'],
    });
  });
});
