import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dockerImageKey } from '../../../contract/docker-images.ts';
import { silentLog } from '../../base/log.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker } from '../../testing/fake-docker.ts';
import { LocalGuest } from '../../testing/local-guest.ts';
import { aHandler } from '../../testing/sample-records.ts';
import { followEvents } from '../follow-events.ts';
import { ImagePlatforms } from './image-platforms.ts';
import { ImageWatcher } from './image-watcher.ts';

let folder: string;
let blobs: string;
let guest: LocalGuest;
let docker: FakeDocker;
let store: Store;
let stop: AbortController;
let running: Promise<unknown>;
/** What Docker lists: id and tags. */
let images: { Id: string; RepoTags: string[] | null; Created: number; Size?: number }[];

const manifestId = `sha256:${'a'.repeat(64)}`;
const configId = `sha256:${'b'.repeat(64)}`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  blobs = join(folder, 'blobs');
  await mkdir(blobs);
  await blob(manifestId, { config: { digest: configId, size: 1 }, layers: [] });
  await blob(configId, { os: 'linux', architecture: 'arm64' });
  guest = await LocalGuest.start({ privateBinfmt: false });
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  images = [{ Id: manifestId, RepoTags: ['demo:1'], Created: 1_700_000_000 }];
  docker.answer = ({ path }) => (path === '/images/json' ? { status: 200, body: images } : undefined);
  store = new Store(emptyState());
  store.commit({ in: 'handlers', key: 'service/arm64', value: aHandler({ arch: 'arm64' }) });
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
  await docker.close();
  await guest.close();
  expect(guest.alive).toBe(0);
  await rm(folder, { recursive: true });
});

async function blob(digest: string, content: unknown): Promise<void> {
  await writeFile(join(blobs, digest.slice('sha256:'.length)), JSON.stringify(content));
}

function watch(): ImageWatcher {
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const { signal } = stop;
  const watcher = new ImageWatcher({
    vm: { name: 'service', arch: 'amd64' },
    docker: client,
    store,
    link: guest,
    platforms: new ImagePlatforms(guest, blobs),
    log: silentLog,
    signal,
    content: { folder: blobs, quietMs: 50 },
  });
  const following = followEvents({
    docker: client,
    readers: [watcher],
    place: { nano: 0 },
    log: silentLog,
    signal,
  });
  running = Promise.all([watcher.run(), following]);
  return watcher;
}

function row(id = manifestId) {
  return store.state.dockerImages[dockerImageKey('service', id)];
}

it('lists images with their platforms', async () => {
  watch();
  await expect.poll(() => row()).toBeDefined();
  expect(row()).toMatchObject({
    vm: 'service',
    id: manifestId,
    tags: ['demo:1'],
    createdAt: 1_700_000_000_000,
    platforms: [{ platform: 'linux/arm64', execution: 'off', present: true }],
  });
});

it('follows events', async () => {
  watch();
  await expect.poll(() => row()).toBeDefined();
  images = [{ Id: manifestId, RepoTags: ['demo:1', 'demo:2'], Created: 1 }];
  docker.emitImage('tag', manifestId);
  await expect.poll(() => row()?.tags).toEqual(['demo:1', 'demo:2']);
  images = [];
  docker.emitImage('delete', manifestId);
  await expect.poll(() => row()).toBeUndefined();
});

it('hides what the self-test imports for one run', async () => {
  const hidden = { Id: `sha256:${'d'.repeat(64)}`, RepoTags: ['foredeck-hidden-once-1:latest'], Created: 1 };
  images = [...images, { ...hidden, Size: 8_192 }];
  watch();
  await expect.poll(() => row()).toBeDefined();
  expect(row(hidden.Id)).toBeUndefined();
});

it('notices a build, which makes no event', async () => {
  watch();
  await expect.poll(() => row()).toBeDefined();
  const built = `sha256:${'c'.repeat(64)}`;
  images = [...images, { Id: built, RepoTags: null, Created: 1 }];
  await blob(built, { config: { digest: configId, size: 1 }, layers: [] });
  await expect
    .poll(() => row(built), { timeout: 10_000 })
    .toMatchObject({ tags: [], platforms: [{ present: true }] });
});

it('says how platforms run when a handler is switched', async () => {
  watch();
  await expect.poll(() => row()?.platforms[0]?.execution).toBe('off');
  store.commit({
    in: 'handlers',
    key: 'service/arm64',
    value: aHandler({ arch: 'arm64', state: 'on' }),
  });
  await expect.poll(() => row()?.platforms[0]?.execution).toBe('emulated');
});

it('tells every watcher of the state in order', async () => {
  watch();
  await expect.poll(() => row()).toBeDefined();
  const clocks: number[] = [];
  const updates = store.watch(stop.signal);
  await updates.next();
  const before = store.clock;
  store.commit({
    in: 'handlers',
    key: 'service/arm64',
    value: aHandler({ arch: 'arm64', state: 'on' }),
  });
  for (let each = 0; each < 2; each += 1) clocks.push((await updates.next()).value?.clock ?? -1);
  expect(clocks).toEqual([before + 1, before + 2]);
});

it('keeps its rows while Docker is away, and lists anew after', async () => {
  watch();
  await expect.poll(() => row()).toBeDefined();
  await docker.close();
  expect(row()).toBeDefined();
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  docker.answer = ({ path }) => (path === '/images/json' ? { status: 200, body: [] } : undefined);
  await expect.poll(() => row(), { timeout: 10_000 }).toBeUndefined();
});

it('answers a refresh with what is there now', async () => {
  const watcher = watch();
  await expect.poll(() => row()).toBeDefined();
  images = [];
  expect(await watcher.refresh(stop.signal)).toEqual([]);
});
