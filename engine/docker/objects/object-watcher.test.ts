import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker } from '../../testing/fake-docker.ts';
import { followEvents } from '../follow-events.ts';
import { hiddenLabels, hiddenName } from '../hidden-containers.ts';
import { ObjectWatcher } from './object-watcher.ts';

const networkId = '5'.repeat(64);

let folder: string;
let docker: FakeDocker;
let store: Store;
let stop: AbortController;
let watcher: ObjectWatcher;
let following: Promise<void>;
let volumes: Record<string, unknown>[];
let networks: Record<string, unknown>[];
let containers: Record<string, unknown>[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  volumes = [
    {
      Name: 'data',
      Driver: 'local',
      Mountpoint: '/v/data',
      CreatedAt: '2026-01-02T03:04:05Z',
      Labels: { 'com.docker.compose.project': 'acme' },
      Options: null,
    },
    { Name: 'f'.repeat(64), Driver: 'local', Labels: null },
  ];
  networks = [
    {
      Id: networkId,
      Name: 'acme_default',
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] },
    },
    { Id: '6'.repeat(64), Name: 'host', Driver: 'host', IPAM: { Config: null } },
  ];
  containers = [
    {
      Id: 'c1',
      Names: ['/db'],
      Mounts: [
        { Type: 'volume', Name: 'data' },
        { Type: 'bind', Source: '/x' },
      ],
      NetworkSettings: { Networks: { acme_default: { NetworkID: networkId, IPAddress: '172.18.0.2' } } },
    },
    {
      Id: 'c2',
      Names: ['/never-ran'],
      Mounts: [],
      NetworkSettings: { Networks: { acme_default: { NetworkID: '', IPAddress: '' } } },
    },
    {
      Id: 'c3',
      Names: [`/${hiddenName('copy')}`],
      Labels: hiddenLabels,
      Mounts: [{ Type: 'volume', Name: 'data' }],
    },
  ];
  docker.answer = ({ path }) => {
    if (path === '/volumes') return { status: 200, body: { Volumes: volumes } };
    if (path === '/networks') return { status: 200, body: networks };
    if (path === '/containers/json') return { status: 200, body: containers };
    return undefined;
  };
  store = new Store(emptyState());
  stop = new AbortController();
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const { signal } = stop;
  const vm = { name: 'service' };
  watcher = new ObjectWatcher({ vm, docker: client, store, log: silentLog, signal });
  following = followEvents({
    docker: client,
    readers: [watcher],
    place: { nano: 0 },
    log: silentLog,
    signal,
  });
  await expect.poll(() => Object.keys(store.state.networks).length).toBe(2);
});

afterEach(async () => {
  stop.abort();
  await following;
  await docker.close();
  await rm(folder, { recursive: true });
});

const volume = (name: string) => store.state.volumes[`service/${name}`];
const network = (id: string) => store.state.networks[`service/${id}`];

it('lists volumes and networks with the containers that use them', () => {
  expect(volume('data')).toMatchObject({
    anonymous: false,
    mountpoint: '/v/data',
    composeProject: 'acme',
    createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    options: {},
    users: [{ id: 'c1', name: 'db' }],
    size: null,
    stale: false,
  });
  expect(volume('f'.repeat(64))).toMatchObject({ anonymous: true, createdAt: null, users: [] });
  expect(network(networkId)).toMatchObject({
    builtIn: false,
    subnets: [{ subnet: '172.18.0.0/16', gateway: null }],
    users: [
      { id: 'c1', name: 'db', address: '172.18.0.2' },
      { id: 'c2', name: 'never-ran', address: null },
    ],
  });
  expect(network('6'.repeat(64))).toMatchObject({ builtIn: true, subnets: [], users: [] });
});

it('follows events, and lists once for many', async () => {
  volumes = [];
  containers = [];
  const before = docker.requests.length;
  docker.emitEvent({ Type: 'volume', Action: 'destroy', Actor: { ID: 'data' } });
  docker.emitEvent({ Type: 'container', Action: 'destroy', Actor: { ID: 'c1' } });
  docker.emitEvent({ Type: 'container', Action: 'exec_start', Actor: { ID: 'c1' } });
  await expect.poll(() => volume('data')).toBeUndefined();
  expect(network(networkId)?.users).toEqual([]);
  expect(docker.requests.length - before).toBe(3);
});

it('keeps a size for as long as it is the same volume', async () => {
  watcher.setSizes(new Map([['data', 4_096]]));
  await watcher.refresh();
  expect(volume('data')?.size).toMatchObject({ bytes: 4_096 });
  volumes = [{ ...volumes[0], CreatedAt: '2026-02-02T03:04:05Z' }];
  await watcher.refresh();
  expect(volume('data')?.size).toBeNull();
});

it('keeps its rows while Docker is away, marked stale, and lists anew after', async () => {
  await docker.close();
  await expect.poll(() => volume('data')?.stale).toBe(true);
  expect(network(networkId)?.stale).toBe(true);
  const answer = docker.answer;
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  docker.answer = answer;
  volumes = volumes.slice(1);
  await expect.poll(() => volume('data'), { timeout: 10_000 }).toBeUndefined();
  expect(network(networkId)?.stale).toBe(false);
});
