import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Container } from '../../contract/records.ts';
import { silentLog } from '../base/log.ts';
import { createGuestConnector } from '../ssh/guest-connector.ts';
import { Store } from '../state/store.ts';
import { BindingForwards } from '../testing/binding-forwards.ts';
import { emptyState } from '../testing/empty-state.ts';
import { FakeDocker } from '../testing/fake-docker.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import type { GuestLink } from '../vm/ports.ts';
import { ContainerArches } from './container-arches.ts';
import { ContainerWatcher, type ProbeExecution } from './container-watcher.ts';
import { followEvents } from './follow-events.ts';
import { hiddenLabels, hiddenName } from './hidden-containers.ts';
import { GuestPortRules } from './ports/guest-port-rules.ts';
import { PortChoices } from './ports/port-choices.ts';
import { PublishedPorts } from './ports/published-ports.ts';

let folder: string;
let guest: FakeGuest;
let link: GuestLink;
let docker: FakeDocker;
let store: Store;
let forwards: BindingForwards;
let ports: PublishedPorts;
let stop: AbortController;
let running: Promise<void>;
let probed: string[][];
let reached: boolean[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  const connector = createGuestConnector();
  const keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  link = await connector.connect({ port: guest.port, keys, signal: new AbortController().signal });
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  store = new Store(emptyState());
  forwards = new BindingForwards();
  ports = new PublishedPorts({
    forwards,
    rules: new GuestPortRules({ none: true, log: silentLog }),
    choices: new PortChoices({ path: join(folder, 'ports.json'), log: silentLog }),
    share: () => false,
    host: { platform: 'linux', findHolder: async () => null, firstFreeForAll: async () => 1024 },
    onPorts: (key, published) => {
      const known = store.state.containers[key];
      if (known) store.commit({ in: 'containers', key, value: { ...known, ports: published } });
    },
    log: silentLog,
  });
  stop = new AbortController();
  probed = [];
  reached = [];
});

afterEach(async () => {
  stop.abort();
  await running;
  await docker.close();
  await ports.close();
  await forwards.close();
  await link.close();
  await guest.close();
  await expect.poll(() => guest.alive).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

function watch(probeExecution: ProbeExecution = async () => new Map()): ContainerWatcher {
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const watcher = new ContainerWatcher({
    vm: { name: 'service', arch: 'amd64' },
    docker: client,
    store,
    arches: new ContainerArches(link, { containers: join(folder, 'containers'), blobs: folder }),
    ports,
    probeExecution: (ids) => {
      probed.push([...ids]);
      return probeExecution(ids);
    },
    onReachable: (reachable) => reached.push(reachable),
    log: silentLog,
  });
  running = followEvents({
    docker: client,
    readers: [watcher],
    place: { nano: 0 },
    log: silentLog,
    signal: stop.signal,
  });
  return watcher;
}

function row(id: string): Container | undefined {
  return store.state.containers[id];
}

/** dockerd's own file on a container. */
async function noteArch(id: string, platform: unknown): Promise<void> {
  await mkdir(join(folder, 'containers', id), { recursive: true });
  const config = { ID: id, ImageManifest: { digest: `sha256:${'0'.repeat(64)}`, platform } };
  await writeFile(join(folder, 'containers', id, 'config.v2.json'), JSON.stringify(config));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('listing', () => {
  it('shows what is there, with the architecture dockerd noted', async () => {
    docker.add({ id: 'one', name: 'web' });
    docker.add({ id: 'two', state: 'exited', exitCode: 3 });
    docker.add({ id: 'three', state: 'created' });
    await noteArch('one', { os: 'linux', architecture: 'arm64' });
    await noteArch('two', { os: 'linux', architecture: 'amd64' });
    await noteArch('three', { os: 'linux', architecture: 'arm', variant: 'v7' });
    await watch().listed;
    expect(row('one')).toMatchObject({
      vm: 'service',
      name: 'web',
      image: 'demo',
      command: 'sleep 1000',
      state: 'running',
      status: 'Up 3 minutes',
      exitCode: null,
      createdAt: Date.parse('2026-01-02T03:04:05.678Z'),
      arch: 'arm64',
      execution: 'unknown',
      stale: false,
    });
    expect(row('two')).toMatchObject({ state: 'exited', exitCode: 3, arch: 'amd64', execution: 'native' });
    expect(row('three')).toMatchObject({ state: 'created', arch: 'arm/v7', startedAt: null, exitCode: null });
  });

  it('misses nothing that happens while it lists', async () => {
    docker.onList = () => {
      docker.onList = undefined;
      docker.emit('start', docker.add({ id: 'late' }));
    };
    await watch().listed;
    await expect.poll(() => row('late')?.status).toBe('Up 3 minutes');
  });

  it('drops rows which Docker no longer has', async () => {
    const gone: Container = {
      ...(await knownRow()),
      id: 'gone',
      stale: true,
    };
    store.commit({ in: 'containers', key: 'gone', value: gone });
    await watch().listed;
    expect(row('gone')).toBeUndefined();
  });
});

async function knownRow(): Promise<Container> {
  docker.add({ id: 'known' });
  await watch().listed;
  stop.abort();
  await running;
  stop = new AbortController();
  const known = row('known');
  if (!known) throw new Error('not listed');
  return known;
}

describe('events', () => {
  it('shows a container by its event alone, before Docker has been asked', async () => {
    await watch().listed;
    // Never added: Docker answers 404, so all that is shown comes from the event.
    const ghost = { id: 'ghost', name: 'ghost', state: 'created', exitCode: 0, ports: {}, labels: {} };
    docker.emit('create', ghost);
    await expect.poll(() => row('ghost')).toMatchObject({ name: 'ghost', image: 'demo', state: 'created' });
  });

  it('follows a container from create to destroy', async () => {
    await watch().listed;
    const container = docker.add({ id: 'one', state: 'created' });
    docker.emit('create', container);
    await expect.poll(() => row('one')?.command).toBe('sleep 1000');
    container.state = 'running';
    docker.emit('start', container);
    await expect.poll(() => row('one')).toMatchObject({ state: 'running', status: 'Up 3 minutes' });
    container.state = 'exited';
    container.exitCode = 9;
    docker.emit('die', container, { exitCode: '9' });
    await expect.poll(() => row('one')).toMatchObject({ state: 'exited', exitCode: 9 });
    container.name = 'renamed';
    docker.emit('rename', container);
    await expect.poll(() => row('one')?.name).toBe('renamed');
    docker.containers.delete('one');
    docker.emit('destroy', container);
    await expect.poll(() => row('one')).toBeUndefined();
  });

  it('is not fooled by an answer which is older than the end of a container', async () => {
    await watch().listed;
    const port = await freePort();
    const ports = { '80/tcp': [{ HostIp: '', HostPort: String(port) }] };
    const held = Promise.withResolvers<void>();
    docker.holdInspect = held.promise;
    const container = docker.add({ id: 'one', ports });
    docker.emit('start', container);
    await expect.poll(() => row('one')).toBeDefined();
    docker.containers.delete('one');
    docker.emit('destroy', container);
    await expect.poll(() => row('one')).toBeUndefined();
    held.resolve();
    docker.holdInspect = undefined;
    docker.emit('start', docker.add({ id: 'two' }));
    await expect.poll(() => row('two')?.command).toBe('sleep 1000');
    expect(row('one')).toBeUndefined();
    expect(forwards.texts).toEqual([]);
  });

  it('asks how a container runs after its start', async () => {
    const how = { execution: 'emulated', emulator: 'qemu-aarch64', arch: 'arm64' } as const;
    await watch(async () => new Map([['one', how]])).listed;
    docker.emit('start', docker.add({ id: 'one' }));
    await expect.poll(() => row('one')).toMatchObject({ execution: 'emulated', emulator: 'qemu-aarch64' });
    expect(probed).toEqual([['one']]);
  });

  it("keeps the image's architecture when Docker's native init runs a foreign program", async () => {
    const how = { execution: 'mixed', emulator: 'qemu-aarch64', arch: 'amd64' } as const;
    await watch(async () => new Map([['one', how]])).listed;
    await noteArch('one', { architecture: 'arm64' });
    docker.emit('start', docker.add({ id: 'one' }));
    await expect.poll(() => row('one')).toMatchObject({ execution: 'mixed', arch: 'arm64' });
  });
});

describe('containers of our own', () => {
  it('are not shown, whether listed or started later', async () => {
    docker.add({ id: 'probe', name: hiddenName('probe'), labels: hiddenLabels });
    await watch().listed;
    docker.emit('start', docker.add({ id: 'later', name: hiddenName('later'), labels: hiddenLabels }));
    docker.emit('start', docker.add({ id: 'web' }));
    await expect.poll(() => row('web')?.command).toBe('sleep 1000');
    expect(Object.keys(store.state.containers)).toEqual(['web']);
  });

  it('cannot be imitated by an image with our label', async () => {
    docker.add({ id: 'sly', labels: hiddenLabels });
    await watch().listed;
    docker.emit('start', docker.add({ id: 'later', labels: hiddenLabels }));
    await expect.poll(() => Object.keys(store.state.containers)).toEqual(['sly', 'later']);
  });
});

describe('when Docker is away', () => {
  it('keeps the rows, marked stale, and recovers', async () => {
    docker.add({ id: 'one' });
    await watch().listed;
    await docker.close();
    await expect.poll(() => row('one')).toMatchObject({ stale: true, state: 'running', name: 'one' });
    docker = await FakeDocker.start(join(folder, 'd.sock'));
    docker.add({ id: 'one', state: 'exited' });
    await expect.poll(() => row('one'), { timeout: 10_000 }).toMatchObject({ stale: false, state: 'exited' });
    expect(reached).toEqual([true, false, true]);
  });

  it('marks the rows stale when told to stop, and lets go of Docker', async () => {
    docker.add({ id: 'one' });
    await watch().listed;
    stop.abort();
    await running;
    expect(row('one')).toMatchObject({ stale: true });
    await expect.poll(() => docker.watchers).toBe(0);
  });
});

describe('published ports', () => {
  it('forwards while the container runs', async () => {
    await watch().listed;
    const port = await freePort();
    const ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: String(port) },
        { HostIp: '::', HostPort: String(port) },
      ],
    };
    const container = docker.add({ id: 'one', ports });
    docker.emit('start', container);
    const published = { protocol: 'tcp', address: '', port, containerPort: 80, hostPort: port };
    const hostAddresses = ['127.0.0.1', '::1'];
    await expect.poll(() => row('one')?.ports).toEqual([{ ...published, hostAddresses, problem: null }]);
    expect(forwards.texts).toEqual([`tcp 127.0.0.1:${port} -> ${port}`]);
    container.state = 'exited';
    docker.emit('die', container, { exitCode: '0' });
    await expect.poll(() => row('one')?.ports).toEqual([]);
    expect(forwards.texts).toEqual([]);
  });

  it('says when something else has the port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    docker.add({ id: 'one', ports: { '80/tcp': [{ HostIp: '', HostPort: String(port) }] } });
    await watch().listed;
    expect(row('one')?.ports).toMatchObject([{ hostPort: port, problem: { reason: 'taken' } }]);
    await new Promise<void>((resolve) => taken.close(() => resolve()));
  });

  it('releases the ports of a container that was removed', async () => {
    const port = await freePort();
    const ports = { '53/udp': null, '80/tcp': [{ HostIp: '0.0.0.0', HostPort: String(port) }] };
    const container = docker.add({ id: 'one', ports: ports as never });
    await watch().listed;
    expect(forwards.texts).toHaveLength(1);
    docker.containers.delete('one');
    docker.emit('destroy', container);
    await expect.poll(() => forwards.texts).toEqual([]);
  });
});
