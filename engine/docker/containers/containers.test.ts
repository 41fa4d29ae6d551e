import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import Dockerode from 'dockerode';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { FakeDocker, type FakeRequest } from '../../testing/fake-docker.ts';
import { RecordingStream } from '../../testing/recording-stream.ts';
import { aContainer } from '../../testing/sample-records.ts';
import { Containers } from './containers.ts';

type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

let folder: string;
let docker: FakeDocker;
let store: Store;
let containers: Containers;
let gone: AbortController;
/** Answers by `METHOD path`; everything else is there and done. */
let answers: Record<string, Answer | ((request: FakeRequest) => Answer)>;
const never = new AbortController().signal;
const web = { vm: 'service', container: 'web' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  answers = {};
  docker.answer = (request) => {
    const answer = answers[`${request.method} ${request.path}`];
    if (answer) return typeof answer === 'function' ? answer(request) : answer;
    return request.method === 'POST' || request.method === 'DELETE' ? { status: 204 } : undefined;
  };
  store = new Store(emptyState());
  show({ name: 'web' });
  gone = new AbortController();
  const connection = {
    vm: { name: 'service', arch: 'amd64' },
    docker: new Dockerode({ socketPath: join(folder, 'd.sock') }),
    signal: gone.signal,
  };
  containers = new Containers({
    store,
    connection: () => connection as never,
    trees: { watchUsage: async function* () {} },
  });
});

afterEach(async () => {
  gone.abort();
  await docker.close();
  await rm(folder, { recursive: true, force: true });
});

function show(change: Parameters<typeof aContainer>[0] & { name: string }): void {
  const row = aContainer({ id: change.name, ...change });
  store.commit({ in: 'containers', key: row.id, value: row });
}

describe('actions', () => {
  it('asks Docker for each, and takes it as done what was so already', async () => {
    answers['POST /containers/web/start'] = { status: 304 };
    for (const action of ['start', 'stop', 'restart', 'kill', 'pause', 'resume'] as const) {
      await containers.act({ ...web, action });
    }
    expect(docker.requests.map((request) => request.replace(/\?.*/, ''))).toEqual([
      'POST /containers/web/start',
      'POST /containers/web/stop',
      'POST /containers/web/restart',
      'POST /containers/web/kill',
      'POST /containers/web/pause',
      'POST /containers/web/unpause',
    ]);
  });

  it('says in Docker’s words what failed, and what to do', async () => {
    answers['POST /containers/web/start'] = {
      status: 500,
      body: { message: 'driver failed: Bind for 0.0.0.0:80 failed: port is already allocated' },
    };
    await expect(containers.act({ ...web, action: 'start' })).rejects.toMatchObject({
      code: 'docker_failed',
      message:
        'Container "web" was not started: driver failed: Bind for 0.0.0.0:80 failed: port is already allocated.',
      hint: 'Stop what uses the port, or run the image again with another one.',
    });
    await expect(containers.act({ ...web, container: 'nobody', action: 'stop' })).rejects.toMatchObject({
      code: 'unknown_container',
    });
  });

  it('acts on those of a project which it concerns, tries each, and names those that failed', async () => {
    show({ name: 'up', composeProject: 'shop' });
    show({ name: 'frozen', composeProject: 'shop', state: 'paused' });
    show({ name: 'down', composeProject: 'shop', state: 'exited' });
    const project = { vm: 'service', project: 'shop' };
    answers['POST /containers/up/stop'] = { status: 500, body: { message: 'it does not end' } };
    await expect(containers.actOnProject({ ...project, action: 'stop' })).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringContaining('1 of 2 containers of project "shop" were not stopped.'),
      details: { up: 'Container "up" was not stopped: it does not end.' },
    });
    expect(await containers.actOnProject({ ...project, action: 'start' })).toEqual({ containers: 1 });
    expect(docker.requests.map((request) => request.replace(/\?.*/, '')).sort()).toEqual([
      'POST /containers/down/start',
      'POST /containers/frozen/stop',
      'POST /containers/up/stop',
    ]);
  });

  it('tells what removing takes away, then removes, with or without volumes', async () => {
    const anonymous = 'a'.repeat(64);
    answers['GET /containers/web/json'] = ({ query }) => ({
      status: 200,
      body: {
        SizeRw: query.get('size') === 'true' ? 4_096 : undefined,
        Mounts: [
          { Type: 'volume', Name: anonymous },
          { Type: 'volume', Name: 'data' },
          { Type: 'bind', Source: '/srv' },
        ],
      },
    });
    expect(await containers.removal(web)).toEqual({
      writtenBytes: 4_096,
      anonymousVolumes: [anonymous],
      namedVolumes: ['data'],
    });
    await containers.remove({ ...web, volumes: true });
    expect(docker.requests.at(-1)).toMatch(/^DELETE \/containers\/web\?.*force=true&v=true/);
    answers['DELETE /containers/web'] = { status: 404, body: { message: 'No such container: web' } };
    await containers.remove({ ...web, volumes: false });
  });
});

describe('logs', () => {
  const line = (kind: number, text: string): Buffer => {
    const bytes = Buffer.from(text);
    const header = Buffer.alloc(8);
    header[0] = kind;
    header.writeUInt32BE(bytes.length, 4);
    return Buffer.concat([header, bytes]);
  };
  const stampOf = (nanoseconds: number): string =>
    `2026-01-02T03:04:05.${String(nanoseconds).padStart(9, '0')}Z`;
  const second = Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000;
  const ask = { ...web, tail: 10, after: null };

  beforeEach(() => {
    answers['GET /containers/web/json'] = { status: 200, body: { Config: { Tty: false } } };
  });

  it('gives a first batch at once, then lines as they come, and ends with the container', async () => {
    const log = new PassThrough();
    answers['GET /containers/web/logs'] = { status: 200, body: log };
    const batches = containers.watchLogs(ask, never);
    expect((await batches.next()).value).toEqual({ lines: [], cursor: null });
    log.write(line(1, `${stampOf(1)} one\n`));
    expect((await batches.next()).value).toEqual({
      lines: [{ from: 'stdout', at: second * 1_000, text: 'one' }],
      cursor: `${second}.000000001`,
    });
    log.end(line(2, `${stampOf(2)} unfinished`));
    expect((await batches.next()).value).toMatchObject({ lines: [{ from: 'stderr', text: 'unfinished' }] });
    expect((await batches.next()).done).toBe(true);
    expect(docker.requests.at(-1)).toMatch(/follow=true.*timestamps=true.*tail=10/);
  });

  it('goes on behind a cursor without a line twice, which Docker gives again', async () => {
    const log = new PassThrough();
    answers['GET /containers/web/logs'] = { status: 200, body: log };
    log.end(Buffer.concat([line(1, `${stampOf(1)} seen\n`), line(1, `${stampOf(2)} new\n`)]));
    const after = `${second}.000000001`;
    const batches = await Array.fromAsync(containers.watchLogs({ ...ask, after }, never));
    expect(batches.flatMap(({ lines }) => lines.map(({ text }) => text))).toEqual(['new']);
    expect(docker.requests.at(-1)).toContain(`since=${after}`);
  });

  it('reads no faster than it is read from', async () => {
    const log = new PassThrough({ highWaterMark: 1 });
    answers['GET /containers/web/logs'] = { status: 200, body: log };
    const batches = containers.watchLogs(ask, never);
    await batches.next();
    const flood = line(1, Array.from({ length: 50_000 }, () => 'a line of the flood').join('\n'));
    let written = 0;
    const flooding = (async () => {
      for (let round = 0; round < 40; round += 1) {
        written += 1;
        if (!log.write(flood)) await new Promise((resolve) => log.once('drain', resolve));
      }
    })();
    // One million bytes each: sockets between hold some, this end a few thousand lines; the rest waits at its source.
    const { value } = await batches.next();
    expect(value?.lines.length).toBeLessThanOrEqual(2_000);
    expect(written).toBeLessThan(40);
    await batches.return();
    log.destroy();
    await Promise.race([flooding, new Promise((resolve) => log.once('close', resolve))]);
  });

  it('lets go of Docker when nobody reads any more', async () => {
    const log = new PassThrough();
    answers['GET /containers/web/logs'] = { status: 200, body: log };
    const leaving = new AbortController();
    const batches = containers.watchLogs(ask, leaving.signal);
    await batches.next();
    const closed = new Promise((resolve) => log.once('close', resolve));
    leaving.abort();
    expect((await batches.next()).done).toBe(true);
    await closed;
  });

  it('says so where the log driver keeps nothing', async () => {
    answers['GET /containers/web/logs'] = {
      status: 501,
      body: { message: 'configured logging driver does not support reading' },
    };
    await expect(containers.watchLogs(ask, never).next()).rejects.toMatchObject({
      code: 'wrong_state',
      message: expect.stringContaining('configured logging driver does not support reading'),
      hint: expect.stringContaining('--log-driver json-file'),
    });
  });
});

describe('downloads', () => {
  /** Bits of Go's os.FileMode. */
  const folderBit = 2 ** 31;
  const linkBit = 2 ** 27;
  const stat = (change: { size?: number; mode?: number; linkTarget?: string }): Answer => ({
    status: 200,
    headers: {
      'x-docker-container-path-stat': Buffer.from(
        JSON.stringify({ name: 'x', size: 5, mode: 0o644, mtime: '', linkTarget: '', ...change }),
      ).toString('base64'),
    },
  });

  const fetched = async (id: string): Promise<RecordingStream> => {
    const stream = new RecordingStream();
    const closed = new Promise<void>((resolve) => stream.onClose(resolve));
    containers.attachDownload(id, stream);
    await closed;
    return stream;
  };

  it('gives a file’s own bytes, following a link to its end, once', async () => {
    const paths: (string | null)[] = [];
    answers['HEAD /containers/web/archive'] = ({ query }) => {
      paths.push(query.get('path'));
      return query.get('path') === '/etc/link' ? stat({ mode: linkBit, linkTarget: '/etc/hosts' }) : stat({});
    };
    answers['GET /containers/web/archive'] = ({ query }) => {
      paths.push(query.get('path'));
      const archive = pack();
      archive.entry({ name: 'hosts' }, 'hello');
      archive.finalize();
      return { status: 200, body: Readable.from(archive) };
    };
    const download = await containers.download({ ...web, path: '/etc/link' });
    expect(download).toMatchObject({ name: 'link', sizeBytes: 5 });
    const stream = await fetched(download.id);
    expect(stream.text).toBe('hello');
    expect(stream.controls).toEqual([{ type: 'end', problem: null }]);
    expect(paths).toEqual(['/etc/link', '/etc/hosts', '/etc/hosts']);
    expect(() => containers.attachDownload(download.id, new RecordingStream())).toThrow('fetched already');
  });

  it('gives a folder as Docker’s tar archive', async () => {
    answers['HEAD /containers/web/archive'] = stat({ mode: folderBit });
    answers['GET /containers/web/archive'] = { status: 200, body: Buffer.from('a tar archive') };
    const download = await containers.download({ ...web, path: '/' });
    expect(download).toMatchObject({ name: 'web.tar', sizeBytes: null });
    expect((await fetched(download.id)).text).toBe('a tar archive');
  });

  it('refuses what is not there, and what is neither file nor folder', async () => {
    answers['HEAD /containers/web/archive'] = { status: 404 };
    await expect(containers.download({ ...web, path: '/nope' })).rejects.toMatchObject({
      code: 'unknown_file',
      message: 'There is no "/nope" in container "web".',
    });
    answers['HEAD /containers/web/archive'] = stat({ mode: 2 ** 26 + 2 ** 21 });
    await expect(containers.download({ ...web, path: '/dev/null' })).rejects.toMatchObject({
      code: 'bad_input',
    });
  });

  it('tells on the stream what fails on the way', async () => {
    answers['HEAD /containers/web/archive'] = stat({});
    answers['GET /containers/web/archive'] = { status: 500, body: { message: 'the disk is broken' } };
    const { id } = await containers.download({ ...web, path: '/x' });
    expect((await fetched(id)).controls).toEqual([
      { type: 'end', problem: expect.objectContaining({ code: 'docker_failed' }) },
    ]);
  });

  it('waits for a client that does not keep up', async () => {
    answers['HEAD /containers/web/archive'] = stat({ mode: folderBit });
    const archive = new PassThrough();
    answers['GET /containers/web/archive'] = { status: 200, body: archive };
    const { id } = await containers.download({ ...web, path: '/' });
    const stream = new RecordingStream();
    stream.bufferedBytes = 2 * 1024 * 1024;
    containers.attachDownload(id, stream);
    archive.write('first');
    await expect.poll(() => stream.text).toBe('first');
    archive.end('second');
    stream.bufferedBytes = 0;
    await expect.poll(() => stream.text).toBe('firstsecond');
    await expect.poll(() => stream.closed).toBeDefined();
  });
});
