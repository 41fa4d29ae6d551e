import { createHash } from 'node:crypto';
import type { Build, BuildCache, BuildReport, CacheEntry } from '../../contract/builds.ts';
import { type Network, networkKey } from '../../contract/networks.ts';
import type { Container } from '../../contract/records.ts';
import type { State } from '../../contract/state.ts';
import { type Volume, volumeKey } from '../../contract/volumes.ts';

const MiB = 1024 ** 2;
const hourMs = 3_600_000;

export function volumeRecord(change: Partial<Volume> = {}): Volume {
  const name = change.name ?? 'data';
  return {
    vm: 'service',
    name,
    anonymous: /^[0-9a-f]{64}$/.test(name),
    driver: 'local',
    mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    createdAt: Date.now() - 30 * hourMs,
    labels: {},
    options: {},
    composeProject: null,
    users: [],
    size: null,
    stale: false,
    ...change,
  };
}

export function networkRecord(change: Partial<Network> = {}): Network {
  const name = change.name ?? 'bridge';
  return {
    vm: 'service',
    id: digestOf(`network ${name}`),
    name,
    driver: 'bridge',
    builtIn: false,
    internal: false,
    subnets: [{ subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
    createdAt: Date.now() - 30 * hourMs,
    labels: {},
    composeProject: null,
    users: [],
    stale: false,
    ...change,
  };
}

/** 64 digits, the same for the same text. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The three networks every Docker has. */
export function builtInNetworks(): State['networks'] {
  return byKey([
    networkRecord({ builtIn: true, subnets: [{ subnet: '172.17.0.0/16', gateway: '172.17.0.1' }] }),
    networkRecord({ name: 'host', driver: 'host', builtIn: true, subnets: [] }),
    networkRecord({ name: 'none', driver: 'null', builtIn: true, subnets: [] }),
  ]);
}

/** Volumes and networks of every kind, used by some of `containers`. */
export function fullObjects(
  containers: readonly Container[],
  hostile: string,
): Pick<State, 'volumes' | 'networks'> {
  const user = (name: string) => {
    const found = containers.find((container) => container.name === name);
    return found ? [{ id: found.id, name: found.name }] : [];
  };
  const volumes = [
    volumeRecord({
      name: 'acme_pgdata',
      composeProject: 'acme',
      labels: { 'com.docker.compose.project': 'acme', 'com.docker.compose.volume': 'pgdata' },
      users: [...user('db'), ...user('migrate')],
      size: { bytes: 412 * MiB, at: Date.now() - 4 * 60_000 },
    }),
    volumeRecord({ name: 'cache', users: user('builder') }),
    volumeRecord({ name: 'old-backup', size: { bytes: 1_900 * MiB, at: Date.now() - 4 * 60_000 } }),
    volumeRecord({ name: digestOf('a'), createdAt: Date.now() - 700 * hourMs }),
    volumeRecord({ name: digestOf('b'), users: user('web') }),
    volumeRecord({
      name: 'nfs-share',
      driver: 'local',
      options: { type: 'nfs', o: 'addr=192.0.2.9,rw', device: ':/export' },
    }),
    volumeRecord({ name: hostile.replaceAll('/', '_'), labels: { [hostile]: hostile } }),
  ];
  const networks = [
    networkRecord({
      name: 'acme_default',
      composeProject: 'acme',
      users: [
        ...user('api-arm').map((one) => ({ ...one, address: '172.18.0.2' })),
        ...user('migrate').map((one) => ({ ...one, address: null })),
      ],
    }),
    networkRecord({
      name: 'isolated',
      internal: true,
      subnets: [{ subnet: '172.30.0.0/16', gateway: '172.30.0.1' }],
    }),
    networkRecord({ name: hostile.replaceAll('/', '_') }),
  ];
  return {
    volumes: Object.fromEntries(volumes.map((one) => [volumeKey(one.vm, one.name), one])),
    networks: { ...builtInNetworks(), ...byKey(networks) },
  };
}

export function buildRecord(change: Partial<Build> = {}): Build {
  return {
    ref: 'x1k9mgh2qv0w5tpl8r3z7cnbd',
    tags: ['acme/api:2.5'],
    image: null,
    target: null,
    dockerfile: 'Dockerfile',
    context: null,
    platforms: ['linux/amd64', 'linux/arm64'],
    status: 'completed',
    startedAt: Date.now() - 40 * 60_000,
    finishedAt: Date.now() - 38 * 60_000,
    error: null,
    steps: { total: 9, done: 9, cached: 4 },
    ...change,
  };
}

/** What a build tells that failed in its last step. */
export function failedReport(hostile: string): BuildReport {
  const at = Date.now() - 3 * hourMs;
  const step = (id: string, name: string, state: 'done' | 'cached' | 'failed', seconds: number) => ({
    id,
    name,
    state,
    startedAt: at,
    finishedAt: at + seconds * 1_000,
    error:
      state === 'failed' ? 'process "/bin/sh -c make" did not complete successfully: exit code: 2' : null,
  });
  return {
    steps: [
      step('s1', '[internal] load build definition from Dockerfile', 'done', 0.1),
      step('s2', '[linux/arm64 1/3] FROM docker.io/library/debian:13', 'cached', 0),
      step('s3', '[linux/arm64 2/3] COPY . /src', 'done', 1.2),
      step('s4', '[linux/arm64 3/3] RUN make', 'failed', 74),
    ],
    lines: [
      { step: 's4', text: 'cc -O2 -c main.c' },
      { step: 's4', text: `\u001b[31mmain.c:3:1: error: ${hostile}\u001b[0m` },
      { step: 's4', text: 'make: *** [Makefile:4: main.o] Error 1' },
    ],
    ended: true,
  };
}

export function cacheEntry(change: Partial<CacheEntry> = {}): CacheEntry {
  return {
    id: 'u6v4mmmnbjvuvl9mu1xhbsnb2',
    type: 'regular',
    description: 'mount / from exec /bin/sh -c make',
    bytes: 84 * MiB,
    inUse: false,
    shared: false,
    createdAt: Date.now() - 5 * hourMs,
    usedAt: Date.now() - 2 * hourMs,
    uses: 3,
    ...change,
  };
}

export function cacheOf(entries: CacheEntry[]): BuildCache {
  const own = entries.filter((entry) => !entry.shared);
  const sum = (some: CacheEntry[]): number => some.reduce((total, { bytes }) => total + bytes, 0);
  return {
    entries,
    totalBytes: sum(own),
    reclaimableBytes: sum(own.filter((entry) => !entry.inUse)),
  };
}

function byKey(networks: Network[]): State['networks'] {
  return Object.fromEntries(networks.map((one) => [networkKey(one.vm, one.id), one]));
}
