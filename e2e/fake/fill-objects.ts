import type { FakeEngine } from './fake-engine.ts';
import { buildRecord, cacheEntry, cacheOf, digestOf, failedReport } from './object-records.ts';

const MiB = 1024 ** 2;
const minuteMs = 60_000;

/** A build cache and a little history, as an engine has them that has been used for a while. */
export function fillObjects(engine: FakeEngine, hostile: string): void {
  const { objects, state } = engine;
  objects.cache = cacheOf([
    cacheEntry({
      id: 'a1',
      description: '[build 4/6] RUN apt-get update && apt-get install -y build-essential',
      bytes: 380 * MiB,
      type: 'regular',
    }),
    cacheEntry({ id: 'a2', description: '[build 6/6] RUN make -j2 all', inUse: true }),
    cacheEntry({
      id: 'a3',
      description: 'pulled from docker.io/library/debian:13',
      shared: true,
      bytes: 118 * MiB,
    }),
    cacheEntry({ id: 'a4', description: hostile, type: 'source.local', bytes: 2 * MiB, usedAt: null }),
  ]);
  const now = Date.now();
  objects.setBuilds([
    buildRecord({
      ref: 'r1',
      tags: [],
      target: 'release',
      status: 'running',
      startedAt: now - 42_000,
      finishedAt: null,
      steps: { total: 0, done: 0, cached: 0 },
    }),
    buildRecord({ ref: 'r2' }),
    buildRecord({
      ref: 'r3',
      tags: ['acme/report:8'],
      platforms: ['linux/arm64'],
      status: 'failed',
      error: 'process "/bin/sh -c make" did not complete successfully: exit code: 2',
      startedAt: now - 180 * minuteMs,
      finishedAt: now - 179 * minuteMs,
      steps: { total: 4, done: 3, cached: 1 },
    }),
    buildRecord({
      ref: 'r4',
      tags: [],
      context: `https://example.org/${hostile}.git`,
      platforms: [],
      status: 'cancelled',
      error: 'context canceled',
      startedAt: now - 300 * minuteMs,
      finishedAt: now - 299 * minuteMs,
    }),
  ]);
  objects.reports.set('r3', failedReport(hostile));
  const containers = Object.values(state.containers);
  const idOf = (name: string): string => containers.find((one) => one.name === name)?.id ?? digestOf(name);
  const tell = (minutesAgo: number, type: string, action: string, name: string, note = ''): void =>
    objects.activity.add({
      kind: 'docker',
      vm: 'service',
      at: now - minutesAgo * minuteMs,
      type,
      action,
      subject: type === 'container' ? idOf(name) : name,
      name,
      note,
    });
  tell(130, 'image', 'pull', 'nginx:1.29');
  tell(121, 'network', 'create', 'acme_default');
  tell(120, 'container', 'create', 'web', 'of nginx:1.29');
  tell(120, 'container', 'start', 'web', 'of nginx:1.29');
  tell(30, 'container', 'create', hostile, 'of busybox');
  tell(5, 'container', 'die', 'migrate', 'of ghcr.io/acme/api:2.4.1, exit code 139');
  tell(4, 'volume', 'destroy', 'scratch');
  tell(3, 'builder', 'prune', '', '380.0 MiB freed');
  objects.activity.add({
    kind: 'doctor',
    vm: 'service',
    at: now - 5 * minuteMs,
    subject: idOf('queue'),
    name: 'queue',
    rule: 'no-handler',
    title: 'arm64 programs do not run in this VM',
  });
}
