import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { createGuestConnector } from '../ssh/guest-connector.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import type { GuestLink } from '../vm/ports.ts';
import { awaitDocker } from './await-docker.ts';
import { DockerSocket } from './docker-socket.ts';

const never = new AbortController().signal;

let folder: string;
let guest: FakeGuest;
let link: GuestLink;
let socket: DockerSocket;
let guestServer: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  const connector = createGuestConnector();
  const keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  guest.sockets.set('/run/docker.sock', join(folder, 'guest.sock'));
  link = await connector.connect({ port: guest.port, keys, signal: never });
  socket = await openSocket();
});

afterEach(async () => {
  await socket.close();
  await link.close();
  await guest.close();
  await new Promise<void>((resolve) => (guestServer ? guestServer.close(() => resolve()) : resolve()));
  guestServer = undefined;
  await expect.poll(() => guest.alive).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

async function openSocket(): Promise<DockerSocket> {
  const connect = () => link.connectUnix('/run/docker.sock');
  return await DockerSocket.open({ path: join(folder, 'host.sock'), connect, log: silentLog });
}

/** What listens in the guest. */
async function serveInGuest(server: Server): Promise<void> {
  guestServer = server;
  await new Promise<void>((resolve) => server.listen(join(folder, 'guest.sock'), resolve));
}

function client(): Socket {
  return connect({ path: socket.path, allowHalfOpen: true });
}

async function readAll(stream: Socket): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}

describe('the socket on the host', () => {
  it('is for its owner only, and leaves nothing behind', async () => {
    expect((await stat(socket.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['host.sock']);
    await socket.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('replaces what a dead program left', async () => {
    await socket.close();
    await writeFile(join(folder, 'host.sock'), 'left over');
    socket = await openSocket();
    expect((await stat(socket.path)).isSocket()).toBe(true);
  });

  it('leaves a living program alone', async () => {
    await expect(openSocket()).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(socket.path),
    });
  });

  it('does not remove a socket that is no longer its own', async () => {
    await rm(socket.path);
    await writeFile(socket.path, 'of somebody else');
    await socket.close();
    expect(await readdir(folder)).toEqual(['host.sock']);
  });
});

describe('a connection', () => {
  it('carries HTTP, many at once', async () => {
    await serveInGuest(createHttpServer((incoming, response) => response.end(`answer to ${incoming.url}`)));
    const get = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        request({ socketPath: socket.path, path }, async (response) => {
          resolve(String(Buffer.concat(await Array.fromAsync(response))));
        })
          .on('error', reject)
          .end();
      });
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
    expect(await Promise.all(paths.map(get))).toEqual(paths.map((path) => `answer to ${path}`));
  });

  it('keeps the answer coming after the client has ended its half, as `echo hi | docker run -i` needs', async () => {
    await serveInGuest(
      createServer({ allowHalfOpen: true }, async (peer) => {
        peer.write('ready ');
        peer.end(`got ${(await readAll(peer)).length}`);
      }),
    );
    const stream = client();
    stream.end(randomBytes(3 * 1024 * 1024));
    expect(String(await readAll(stream))).toBe('ready got 3145728');
  });

  it('takes what the client sends after the guest has ended its half', async () => {
    const received = Promise.withResolvers<string>();
    await serveInGuest(
      createServer({ allowHalfOpen: true }, async (peer) => {
        peer.end('bye');
        received.resolve(String(await readAll(peer)));
      }),
    );
    const stream = client();
    expect(String(await readAll(stream))).toBe('bye');
    stream.end('after the end');
    expect(await received.promise).toBe('after the end');
  });

  it('holds back a sender whose reader is slow', async () => {
    let held: Socket | undefined;
    await serveInGuest(
      createServer((peer) => {
        peer.pause();
        held = peer;
      }),
    );
    const stream = client();
    const chunk = Buffer.alloc(1024 * 1024);
    // Room for 64 MB would mean that somebody on the way reads without being read.
    let accepted = 0;
    while (accepted < 64 && (await written(stream, chunk))) accepted += 1;
    expect(accepted).toBeLessThan(64);
    stream.destroy();
    await expect.poll(() => held?.closed ?? false).toBe(false);
    held?.destroy();
  });

  it('fails alone', async () => {
    await serveInGuest(
      createServer({ allowHalfOpen: true }, (peer) => {
        peer.on('error', () => undefined);
        peer.once('data', (data) => {
          if (String(data) === 'break') peer.destroy();
          else peer.end(data);
        });
      }),
    );
    const good = client();
    const bad = connect(socket.path);
    bad.on('error', () => undefined);
    const closed = new Promise((resolve) => bad.once('close', resolve));
    bad.write('break');
    bad.resume();
    await closed;
    good.end('fine');
    expect(String(await readAll(good))).toBe('fine');
  });

  it('is closed when nobody serves Docker in the guest', async () => {
    const stream = client();
    expect(String(await readAll(stream))).toBe('');
  });

  it('ends when the guest is gone', async () => {
    await serveInGuest(createServer((peer) => peer.on('error', () => undefined)));
    const stream = client();
    stream.on('error', () => undefined);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.write('hello');
    guest.cut();
    stream.resume();
    await closed;
  });
});

/** Whether the stream took `chunk` before its buffers stayed full for a round trip to the guest. */
async function written(stream: Socket, chunk: Buffer): Promise<boolean> {
  if (stream.write(chunk)) return true;
  const drained = new Promise<boolean>((resolve) => stream.once('drain', () => resolve(true)));
  const waited = link
    .exec(['true'])
    .then(() => link.exec(['true']))
    .then(() => false);
  return await Promise.race([drained, waited]);
}

describe('awaitDocker', () => {
  it('waits until Docker answers and says which version, from its first answer', async () => {
    const ready = awaitDocker({ socketPath: socket.path, signal: never });
    const asked: (string | undefined)[] = [];
    await serveInGuest(
      createHttpServer((incoming, response) => {
        asked.push(incoming.url);
        response.setHeader('Server', 'Docker/26.1.5+dfsg1 (linux)').end('OK');
      }),
    );
    expect((await ready).version).toBe('26.1.5+dfsg1');
    expect(asked).toEqual(['/_ping']);
  });

  it('asks for the version of a Docker that does not tell with its first answer', async () => {
    const ready = awaitDocker({ socketPath: socket.path, signal: never });
    await serveInGuest(
      createHttpServer((incoming, response) =>
        response.end(incoming.url === '/_ping' ? 'OK' : JSON.stringify({ Version: '26.1.5' })),
      ),
    );
    expect((await ready).version).toBe('26.1.5');
  });

  it('gives up with the reason', async () => {
    await expect(
      awaitDocker({ socketPath: socket.path, signal: never, timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'docker_unreachable', message: expect.stringContaining(socket.path) });
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    const waiting = awaitDocker({ socketPath: socket.path, signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
