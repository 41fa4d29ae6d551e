import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { ActivityLog } from '../../state/activity-log.ts';
import { Jobs } from '../../state/jobs.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker } from '../../testing/fake-docker.ts';
import { LocalGuest } from '../../testing/local-guest.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { ImagePlatforms } from '../images/image-platforms.ts';
import { ImageWatcher } from '../images/image-watcher.ts';
import { DockerObjects } from './docker-objects.ts';

interface FakeImage {
  readonly Id: string;
  RepoTags: string[];
  readonly Size: number;
  readonly SharedSize: number;
  readonly Containers: number;
}

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

it('removes images which no container uses, each with all of its names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fd-'));
  const docker = await FakeDocker.start(join(folder, 'd.sock'));
  const guest = await LocalGuest.start({ privateBinfmt: false });
  const gone = new AbortController();
  const sizes = { Size: 500, SharedSize: 100, Containers: 0 };
  let images: FakeImage[] = [
    { ...sizes, Id: digest('a'), RepoTags: ['web:1', 'web:latest'] },
    { ...sizes, Id: digest('b'), RepoTags: [], Size: 90, SharedSize: -1 },
    { ...sizes, Id: digest('c'), RepoTags: ['db:1'], Containers: 2 },
    { ...sizes, Id: digest('d'), RepoTags: ['late:1'] },
  ];
  docker.answer = ({ method, path, query }) => {
    if (path === '/images/json') return { status: 200, body: images.map((one) => ({ Created: 1, ...one })) };
    if (path === '/system/df' && query.get('type') === 'image')
      return { status: 200, body: { Images: images } };
    const [, kind, name = ''] = path.split('/').map(decodeURIComponent);
    if (method !== 'DELETE' || kind !== 'images') return undefined;
    if (name === 'late:1') return { status: 409, body: { message: 'container is using it' } };
    for (const image of images) image.RepoTags = image.RepoTags.filter((tag) => tag !== name);
    images = images.filter(({ Id, RepoTags }) => Id !== name && (RepoTags.length > 0 || Id === digest('b')));
    return { status: 200, body: [] };
  };
  try {
    const store = new Store(emptyState());
    const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
    const vm = { name: 'service', arch: 'amd64' };
    const connection = {
      vm,
      docker: client,
      signal: gone.signal,
      images: new ImageWatcher({
        vm: { name: 'service', arch: 'amd64' },
        docker: client,
        store,
        link: guest,
        platforms: new ImagePlatforms(guest, folder),
        log: silentLog,
        signal: gone.signal,
      }),
    } as DockerConnection;
    const objects = new DockerObjects({
      jobs: new Jobs(store),
      activity: new ActivityLog(),
      connection: () => connection,
    });
    const untagged = await objects.planPrune('service', 'untagged-images', gone.signal);
    expect(untagged).toMatchObject({ bytes: 90, items: [{ id: digest('b'), name: 'sha256:bbbbbbbbbbbb' }] });
    const plan = await objects.planPrune('service', 'images', gone.signal);
    expect(plan).toMatchObject({
      bytes: 890,
      items: [{ name: 'late:1' }, { name: 'web:1, web:latest', bytes: 400 }, { id: digest('b') }],
    });
    const ids = plan.items.map(({ id }) => id);
    const pruned = await objects.prune({ vm: 'service', target: 'images', ids });
    expect(pruned).toEqual({ removed: 2, kept: ['late:1'], bytes: 490 });
    expect(Object.keys(store.state.dockerImages)).toEqual([
      `service/${digest('c')}`,
      `service/${digest('d')}`,
    ]);
  } finally {
    gone.abort();
    await docker.close();
    await guest.close();
    await rm(folder, { recursive: true });
  }
  expect(guest.alive).toBe(0);
});
