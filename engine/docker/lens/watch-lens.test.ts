import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LensReport } from '../../../contract/syscall-lens.ts';
import { silentLog } from '../../base/log.ts';
import { FakeDocker, type FakeRequest } from '../../testing/fake-docker.ts';
import { aContainer, aHandler } from '../../testing/sample-records.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { isHidden } from '../hidden-containers.ts';
import { type LensOptions, watchLens } from './watch-lens.ts';

let folder: string;
let docker: FakeDocker;
/** What the copy writes, in frames. */
let output: PassThrough;
let created: Record<string, never> | undefined;
let createdName: string;
let exit: { status: number; body?: unknown };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  output = new PassThrough();
  created = undefined;
  exit = { status: 200, body: { StatusCode: 7 } };
  docker.answer = (request) => answer(request);
});

afterEach(async () => {
  output.destroy();
  await docker.close();
  await rm(folder, { recursive: true });
});

const original = {
  Id: 'a'.repeat(64),
  Name: '/web',
  Image: 'sha256:1',
  Config: { Image: 'demo', Env: ['A=b'], Cmd: ['serve'], Hostname: 'web', Tty: true, Labels: {} },
  HostConfig: {
    Binds: ['data:/data', '/etc/web:/etc/web'],
    PortBindings: { '80/tcp': [{ HostPort: '80' }] },
    RestartPolicy: { Name: 'always' },
  },
  Mounts: [
    { Type: 'volume', Name: 'data', Destination: '/data', RW: true },
    { Type: 'bind', Source: '/etc/web', Destination: '/etc/web', RW: true },
  ],
  NetworkSettings: { Networks: { net: { IPAMConfig: { IPv4Address: '10.1.0.5' }, Aliases: ['web'] } } },
};

function answer({ method, path, query, body }: FakeRequest) {
  if (path === '/images/json') return { status: 200, body: [{ Id: 'sha256:1' }] };
  if (path === `/containers/${original.Id}/json`) return { status: 200, body: original };
  if (path === '/containers/create') {
    created = body as never;
    createdName = query.get('name') ?? '';
    return { status: 201, body: { Id: 'copy' } };
  }
  if (path === '/containers/copy/attach') return { status: 200, body: output };
  if (path === '/containers/copy/wait') return exit;
  return method === 'DELETE' || path.endsWith('/start') ? { status: 204 } : undefined;
}

function say(text: string): void {
  const header = Buffer.alloc(8);
  header[0] = 2;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  output.write(Buffer.concat([header, Buffer.from(text)]));
}

function options(change: Partial<LensOptions> = {}): LensOptions {
  const signal = new AbortController().signal;
  const connection = {
    vm: { name: 'service', arch: 'amd64' },
    docker: new Dockerode({ socketPath: join(folder, 'd.sock') }),
    signal,
  } as DockerConnection;
  return {
    connection,
    container: aContainer({ id: original.Id, name: 'web', arch: 'arm64' }),
    handlers: { 'service/arm64': aHandler({ arch: 'arm64', state: 'on' }) },
    mode: 'unimp',
    seconds: 60,
    names: { name: (_, number) => (number === 425 ? 'io_uring_setup' : null), number: () => null },
    advice: new Map([['io_uring_setup', 'Try without.']]),
    log: silentLog,
    signal,
    ...change,
  };
}

const removed = 'DELETE /containers/copy?force=true&v=true';

it('reports what the copy does until its end, and removes it', async () => {
  const reports = watchLens(options());
  expect((await reports.next()).value).toMatchObject({ container: original.Id, state: 'running', calls: [] });
  say('Unsupported syscall: 425\n');
  const seen = (await reports.next()).value as LensReport;
  expect(seen.calls).toMatchObject([{ name: 'io_uring_setup', unsupported: true, advice: 'Try without.' }]);
  output.end();
  expect((await reports.next()).value).toMatchObject({ state: 'exited', exitCode: 7, truncated: false });
  expect((await reports.next()).done).toBe(true);
  expect(docker.requests.at(-1)).toBe(removed);
});

it('copies nothing that could touch what is the original’s', async () => {
  output.end();
  await Array.fromAsync(watchLens(options({ mode: 'strace' })));
  expect(created).toMatchObject({
    Image: 'demo',
    Cmd: ['serve'],
    Env: ['A=b', 'QEMU_STRACE=1'],
    Tty: false,
    Volumes: { '/data': {} },
    HostConfig: {
      Binds: ['/etc/web:/etc/web:ro'],
      PortBindings: {},
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none' },
    },
    NetworkingConfig: { EndpointsConfig: { net: {} } },
  });
  expect(created).not.toHaveProperty('Hostname');
  expect(isHidden(createdName, created?.Labels)).toBe(true);
  const touched = docker.requests.filter((line) => line.includes(original.Id) && !line.startsWith('GET'));
  expect(touched).toEqual([]);
});

it('ends after its time, and says that it was ended', async () => {
  const reports = await Array.fromAsync(watchLens(options({ seconds: 0.05 })));
  expect(reports.at(-1)).toMatchObject({ state: 'stopped', exitCode: null, problem: null });
  expect(docker.requests.at(-1)).toBe(removed);
});

it('ends when nobody reads any more', async () => {
  const left = new AbortController();
  const reports = watchLens(options({ signal: left.signal }));
  await reports.next();
  await expect.poll(() => docker.requests.some((line) => line.includes('/attach'))).toBe(true);
  left.abort();
  expect((await reports.next()).done).toBe(true);
  expect(docker.requests.at(-1)).toBe(removed);
});

it('says why the copy did not start, in Docker’s words', async () => {
  docker.answer = (request) =>
    request.path.endsWith('/start')
      ? { status: 400, body: { message: 'exec: "serve": not found' } }
      : answer(request);
  const reports = await Array.fromAsync(watchLens(options()));
  expect(reports.at(-1)).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('exec: "serve": not found'),
  });
  expect(docker.requests.at(-1)).toBe(removed);
});

it('refuses a container whose emulator would tell nothing', async () => {
  const native = options({ container: aContainer({ name: 'web', arch: 'amd64' }) });
  await expect(watchLens(native).next()).rejects.toMatchObject({
    code: 'wrong_state',
    message: expect.stringContaining('not emulated'),
  });
  const off = options({ handlers: { 'service/arm64': aHandler({ arch: 'arm64', state: 'off' }) } });
  await expect(watchLens(off).next()).rejects.toMatchObject({
    code: 'wrong_state',
    message: expect.stringContaining('not on'),
  });
  const unknown = options({ container: aContainer({ arch: null }) });
  await expect(watchLens(unknown).next()).rejects.toMatchObject({ code: 'wrong_state' });
  expect(docker.requests).toEqual([]);
});
