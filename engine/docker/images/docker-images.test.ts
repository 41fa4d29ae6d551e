import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Dockerode from 'dockerode';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../contract/records.ts';
import { silentLog } from '../../base/log.ts';
import { Jobs } from '../../state/jobs.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker, type FakeRequest } from '../../testing/fake-docker.ts';
import { LocalGuest } from '../../testing/local-guest.ts';
import { ObjectWatcher } from '../objects/object-watcher.ts';
import { DockerImages } from './docker-images.ts';
import { ImagePlatforms } from './image-platforms.ts';
import { ImageWatcher } from './image-watcher.ts';

let folder: string;
let guest: LocalGuest;
let docker: FakeDocker;
let store: Store;
let jobs: Jobs;
let dockerImages: DockerImages;
let gone: AbortController;
/** What Docker lists. */
let listed: { Id: string; RepoTags: string[]; Created: number }[];
/** Asked before the usual answers. */
let special: (request: FakeRequest) => { status: number; body?: unknown } | undefined;

const id = `sha256:${'a'.repeat(64)}`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  await blob(id, { config: { digest: `sha256:${'b'.repeat(64)}`, size: 1 }, layers: [] });
  await blob(`sha256:${'b'.repeat(64)}`, { os: 'linux', architecture: 'amd64' });
  guest = await LocalGuest.start({ privateBinfmt: false });
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  listed = [];
  special = () => undefined;
  docker.answer = (request) =>
    special(request) ?? (request.path === '/images/json' ? { status: 200, body: listed } : undefined);
  store = new Store(emptyState());
  jobs = new Jobs(store);
  gone = new AbortController();
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const vm = { name: 'service', arch: 'amd64' } as never;
  const platforms = new ImagePlatforms(guest, join(folder, 'blobs'));
  const common = { vm, docker: client, store, log: silentLog, signal: gone.signal };
  const images = new ImageWatcher({ ...common, link: guest, platforms });
  const objects = new ObjectWatcher(common);
  dockerImages = new DockerImages({
    store,
    jobs,
    packages: {
      fetch: async ({ packageName, arch, wanted }) => {
        const at = join(folder, `${packageName}-${arch}`);
        await mkdir(join(at, 'usr/bin'), { recursive: true });
        if (wanted('usr/bin/busybox')) await writeFile(join(at, 'usr/bin/busybox'), 'the program');
        return { version: '1.37', folder: at };
      },
      newestVersion: async () => '1.37',
    },
    connection: () => ({ vm, docker: client, link: guest, images, objects, signal: gone.signal }),
    knownImages: join(import.meta.dirname, '../../../resources/known-images/known-images.json'),
  });
});

afterEach(async () => {
  gone.abort();
  await docker.close();
  await guest.close();
  expect(guest.alive).toBe(0);
  await rm(folder, { recursive: true });
});

async function blob(digest: string, content: unknown): Promise<void> {
  await mkdir(join(folder, 'blobs'), { recursive: true });
  await writeFile(join(folder, 'blobs', digest.slice('sha256:'.length)), JSON.stringify(content));
}

/** Lines as dockerd streams them. */
function lines(...values: object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\r\n`).join('');
}

function asked(pattern: RegExp): string[] {
  return docker.requests.filter((request) => pattern.test(request));
}

function theJob(): Job | undefined {
  return Object.values(store.state.jobs)[0];
}

describe('pulling', () => {
  const pull = (image = 'team/app') => dockerImages.pull({ vm: 'service', image, arch: 'arm64' });

  it('asks for one platform and one tag, and tells the bytes of all layers', async () => {
    listed = [{ Id: id, RepoTags: ['team/app:latest'], Created: 1 }];
    special = ({ path }) =>
      path === '/images/create'
        ? {
            status: 200,
            body: lines(
              { status: 'Pulling from team/app', id: 'latest' },
              { status: 'Downloading', id: 'one', progressDetail: { current: 10, total: 100 } },
              { status: 'Downloading', id: 'two', progressDetail: { current: 50, total: 50 } },
              { status: 'Extracting', id: 'two', progressDetail: { current: 999, total: 9_999 } },
              { status: 'Download complete', id: 'one', progressDetail: {} },
            ),
          }
        : undefined;
    const seen: (Job['progress'] | undefined)[] = [];
    store.listen(() => seen.push(theJob()?.progress));
    expect(await pull()).toMatchObject({ id, tags: ['team/app:latest'] });
    expect(asked(/create/)).toEqual([
      'POST /images/create?fromImage=team%2Fapp%3Alatest&platform=linux%2Farm64',
    ]);
    expect(seen).toContainEqual(expect.objectContaining({ doneBytes: 10, totalBytes: 100 }));
    expect(theJob()).toMatchObject({ kind: 'docker-image', state: 'done' });
  });

  it('says for which platforms an image exists when it lacks one', async () => {
    const message = 'no matching manifest for linux/arm64 in the manifest list entries';
    special = ({ path }) => {
      if (path === '/images/create') return { status: 200, body: lines({ error: message }) };
      const platforms = [{ os: 'linux', architecture: 'amd64' }];
      return path.startsWith('/distribution/')
        ? { status: 200, body: { Descriptor: { digest: id }, Platforms: platforms } }
        : undefined;
    };
    await expect(pull()).rejects.toMatchObject({
      code: 'unknown_image',
      message: '"team/app:latest" does not exist for linux/arm64.',
      hint: 'It exists for linux/amd64.',
    });
    expect(theJob()).toMatchObject({ state: 'failed', error: { code: 'unknown_image' } });
  });

  it('tells an image that does not exist from a registry that cannot be reached', async () => {
    const answers = (message: string): void => {
      special = ({ path }) => (path === '/images/create' ? { status: 404, body: { message } } : undefined);
    };
    answers('pull access denied for team/app, repository does not exist or may require docker login');
    await expect(pull()).rejects.toMatchObject({ code: 'unknown_image' });
    answers('failed to do request: dial tcp: lookup registry-1.docker.io: no such host');
    await expect(pull()).rejects.toMatchObject({
      code: 'download_failed',
      message:
        '"team/app:latest" could not be pulled: failed to do request: dial tcp: lookup registry-1.docker.io: no such host',
    });
  });

  it('can be cancelled, and lets go of Docker', async () => {
    const stream = new PassThrough();
    special = ({ path }) => (path === '/images/create' ? { status: 200, body: stream } : undefined);
    const pulling = expect(pull()).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => asked(/create/).length).toBe(1);
    await jobs.cancel(theJob()?.id ?? '');
    await pulling;
    expect(theJob()).toMatchObject({ state: 'cancelled' });
    await expect.poll(() => stream.destroyed).toBe(true);
  });

  it('is one pull when it is asked for twice', async () => {
    listed = [{ Id: id, RepoTags: ['team/app:latest'], Created: 1 }];
    special = ({ path }) => (path === '/images/create' ? { status: 200, body: lines({}) } : undefined);
    await Promise.all([pull('team/app'), pull('docker.io/team/app:latest')]);
    expect(asked(/create/)).toHaveLength(1);
  });
});

describe('the sample', () => {
  it('is busybox of that architecture, with a command that says so', async () => {
    listed = [{ Id: id, RepoTags: ['foredeck-sample:arm-v7'], Created: 1 }];
    let sent: unknown;
    special = ({ path, body }) => {
      if (path !== '/images/create') return undefined;
      sent = body;
      return { status: 200, body: lines({ status: id }) };
    };
    const made = await dockerImages.sample('service', 'arm/v7');
    expect(made.tags).toEqual(['foredeck-sample:arm-v7']);
    const query = new URLSearchParams(asked(/create/)[0]?.split('?')[1]);
    expect(query.get('platform')).toBe('linux/arm/v7');
    expect(query.get('changes')).toContain('uname -m');
    const files = new Map<string, string>();
    const entries = extract();
    entries.end(sent);
    for await (const entry of entries) files.set(entry.header.name, (await buffer(entry)).toString());
    expect(files.get('bin/busybox')).toBe('the program');
    expect([...files.keys()]).toEqual(expect.arrayContaining(['bin/sh', 'tmp', 'etc/passwd']));
    expect(theJob()).toMatchObject({ kind: 'docker-image', state: 'done' });
  });
});

describe('importing', () => {
  const path = () => join(folder, 'root.tar');
  const importing = (from = path()) =>
    dockerImages.import({ vm: 'service', path: from, image: 'mine:1', arch: 'riscv64' });

  /** A tar's first block, with the name of its first entry. */
  async function archive(firstEntry: string): Promise<void> {
    const head = Buffer.alloc(1_024);
    head.write(firstEntry, 0, 'latin1');
    head.write('ustar', 257, 'latin1');
    await writeFile(path(), head);
  }

  it('sends the archive for the chosen platform', async () => {
    await archive('bin/');
    listed = [{ Id: id, RepoTags: ['mine:1'], Created: 1 }];
    let sent: unknown;
    special = ({ path: asking, body }) => {
      if (asking !== '/images/create') return undefined;
      sent = body;
      return { status: 200, body: lines({ status: id }) };
    };
    expect(await importing()).toMatchObject({ id, tags: ['mine:1'] });
    expect(asked(/create/)).toEqual([
      'POST /images/create?fromSrc=-&repo=mine&tag=1&platform=linux%2Friscv64',
    ]);
    expect((sent as Buffer).length).toBe(1_024);
    expect(theJob()).toMatchObject({ kind: 'docker-image', state: 'done' });
  });

  it('names what is wrong with a path, and asks Docker nothing', async () => {
    await writeFile(join(folder, 'text'), 'no archive at all');
    for (const [wrong, words] of [
      [join(folder, 'nowhere.tar'), 'does not exist'],
      [folder, 'is a folder'],
      [join(folder, 'text'), 'is no tar archive'],
      ['root.tar', 'is not an absolute path'],
    ] as const) {
      await expect(importing(wrong)).rejects.toMatchObject({
        code: 'bad_input',
        message: expect.stringContaining(words),
      });
    }
    await archive('blobs/sha256/aa');
    await expect(importing()).rejects.toMatchObject({ hint: expect.stringContaining('docker load') });
    expect(docker.requests).toEqual([]);
    expect(theJob()).toBeUndefined();
  });

  it('does not begin where the VM has no room', async () => {
    await archive('bin/');
    // A hole: it takes no room here.
    await truncate(path(), 2 ** 40);
    guest.exec = async () => ({ code: 0, stdout: '1000 4096\n', stderr: '' });
    await expect(importing()).rejects.toMatchObject({
      code: 'disk_full',
      message: expect.stringContaining('4 MB'),
    });
    expect(asked(/create/)).toEqual([]);
  });

  it('passes on why Docker could not take it', async () => {
    await archive('bin/');
    special = ({ path: asking }) =>
      asking === '/images/create'
        ? { status: 200, body: lines({ error: 'archive/tar: invalid tar header' }) }
        : undefined;
    await expect(importing()).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringContaining('invalid tar header'),
    });
  });
});

describe('removing', () => {
  it('names the containers that use an image', async () => {
    listed = [{ Id: id, RepoTags: ['demo:1'], Created: 1 }];
    special = ({ method, path }) => {
      if (method === 'DELETE') return { status: 409, body: { message: 'conflict: must be forced' } };
      const containers = [
        { Id: 'one', Names: ['/web'], ImageID: id },
        { Id: 'two', Names: ['/other'], ImageID: 'sha256:other' },
      ];
      return path === '/containers/json' ? { status: 200, body: containers } : undefined;
    };
    await expect(dockerImages.remove('service', 'demo:1')).rejects.toMatchObject({
      code: 'wrong_state',
      message: '"demo:1" is used by web.',
    });
    await expect(dockerImages.remove('service', 'nosuch')).rejects.toMatchObject({ code: 'unknown_image' });
  });
});

describe('launching', () => {
  const launch = (change: object = {}) =>
    dockerImages.launch({
      vm: 'service',
      image: 'demo:1',
      arch: null,
      name: 'web',
      command: [],
      env: {},
      ports: [],
      binds: [],
      ...change,
    });

  beforeEach(() => {
    listed = [{ Id: id, RepoTags: ['demo:1'], Created: 1 }];
  });

  it('creates and starts what was asked for, on the platform that runs best', async () => {
    let body: unknown;
    special = (request) => {
      if (request.path.endsWith('/start')) return { status: 204 };
      if (request.path !== '/containers/create') return undefined;
      body = request.body;
      return { status: 201, body: { Id: 'made' } };
    };
    const ports = [{ hostPort: 8_080, containerPort: 80 }];
    const binds = [{ hostPath: '/home/a: b', containerPath: '/src', readOnly: true }];
    expect(await launch({ command: ['sleep', '1'], env: { A: 'b' }, ports, binds })).toEqual({ id: 'made' });
    expect(asked(/POST/)).toEqual([
      'POST /containers/create?name=web&platform=linux%2Famd64',
      'POST /containers/made/start',
    ]);
    expect(body).toEqual({
      Image: 'demo:1',
      Cmd: ['sleep', '1'],
      Env: ['A=b'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        PortBindings: { '80/tcp': [{ HostPort: '8080' }] },
        Mounts: [{ Type: 'bind', Source: '/home/a: b', Target: '/src', ReadOnly: true }],
      },
    });
  });

  it('says when the name is taken', async () => {
    special = ({ path }) =>
      path === '/containers/create' ? { status: 409, body: { message: 'Conflict.' } } : undefined;
    await expect(launch()).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'The name "web" is taken by another container.',
    });
  });

  it('says which folder is not shared', async () => {
    const message =
      "authorization denied by plugin foredeck: /home/a is not shared with Foredeck's VM, so the container would see " +
      'an empty folder there. Share it, or a folder it lies in, with `foredeck share add /home/a`, and try again';
    special = ({ path }) => (path === '/containers/create' ? { status: 403, body: { message } } : undefined);
    await expect(launch()).rejects.toMatchObject({
      code: 'not_shared',
      message: expect.stringContaining('made: /home/a is not shared'),
      hint: 'Share it, or a folder it lies in, with `foredeck share add /home/a`, and try again',
    });
  });

  it('leaves nothing under the name when another container has the port', async () => {
    const message = 'Bind for 0.0.0.0:8080 failed: port is already allocated';
    special = ({ method, path }) => {
      if (path.endsWith('/start')) return { status: 500, body: { message } };
      if (method === 'DELETE') return { status: 204 };
      return method === 'POST' ? { status: 201, body: { Id: 'made' } } : undefined;
    };
    const ports = [{ hostPort: 8_080, containerPort: 80 }];
    await expect(launch({ ports })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('8080'),
    });
    expect(docker.requests.at(-1)).toBe('DELETE /containers/made?force=true&v=true');
  });

  it('keeps one that did not start, for the doctor to look at', async () => {
    const message = 'exec /bin/sh: exec format error';
    special = ({ method, path }) => {
      if (path.endsWith('/start')) return { status: 400, body: { message } };
      return method === 'POST' ? { status: 201, body: { Id: 'made' } } : undefined;
    };
    await expect(launch()).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('switch that architecture on'),
    });
    expect(asked(/DELETE/)).toEqual([]);
  });

  it('does not start what does not exist', async () => {
    await expect(launch({ arch: 's390x' })).rejects.toMatchObject({ code: 'unknown_image' });
    expect(asked(/POST/)).toEqual([]);
  });
});
