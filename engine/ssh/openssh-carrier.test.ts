import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable, searchPath } from '../base/find-executable.ts';
import { silentLog } from '../base/log.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import type { GuestLink, VmKeys } from '../vm/ports.ts';
import { createGuestConnector } from './guest-connector.ts';
import { OpenSshCarrier, type OpenSshCarrierOptions } from './openssh-carrier.ts';
import { canForwardBelow, OpenSshForward } from './openssh-forward.ts';

const connector = createGuestConnector();
const never = new AbortController().signal;
const ssh = await findExecutable('ssh', searchPath());

let home: string;
let folder: string;
let keys: VmKeys;
let guest: FakeGuest;
let link: GuestLink;
let server: Server | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fd-'));
  folder = join(home, 'ssh');
  keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  guest.sockets.set('/run/docker.sock', join(home, 'guest.sock'));
  link = await connector.connect({ port: guest.port, keys, signal: never });
});

afterEach(async () => {
  await link.close();
  await guest.close();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
  await expect.poll(() => guest.alive).toBe(0);
  expect(clientsOf(folder)).toEqual([]);
  expect(await readdir(home)).toEqual([]);
  await rm(home, { recursive: true, force: true });
});

/** What listens in the guest. */
async function serveInGuest(serve: (peer: Socket) => void): Promise<void> {
  const made = createServer({ allowHalfOpen: true }, (peer) => {
    peer.on('error', () => undefined);
    serve(peer);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(join(home, 'guest.sock'), resolve));
}

function newCarrier(options: Partial<OpenSshCarrierOptions> = {}): OpenSshCarrier {
  return new OpenSshCarrier({
    link,
    port: guest.port,
    keys,
    guestPath: '/run/docker.sock',
    folder,
    log: silentLog,
    firstPauseMs: 1,
    ...options,
  });
}

async function hastened(carrier: OpenSshCarrier): Promise<void> {
  carrier.hasten();
  await expect.poll(() => carrier.hastened, { timeout: 10_000 }).toBe(true);
}

/** Processes of OpenSSH whose forward lies in `folder`. */
function clientsOf(folder: string): number[] {
  const lines = execFileSync('ps', ['-ww', '-A', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(`-L ${folder}/`)).map((line) => Number.parseInt(line, 10));
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}

/** Sends everything, ends its half, and reads the answer. */
async function ask(stream: Duplex, content: Buffer | string): Promise<string> {
  stream.end(content);
  return String(await readAll(stream));
}

async function answerLength(peer: Socket): Promise<void> {
  peer.end(`got ${(await readAll(peer)).length}`);
}

describe.skipIf(ssh === null)('a hastened carrier', () => {
  it('keeps the answer coming after the client has ended its half, as `echo hi | docker run -i` needs', async () => {
    await serveInGuest((peer) => void answerLength(peer));
    const carrier = newCarrier();
    await hastened(carrier);
    const stream = await carrier.connect();
    // Not one of the link's own channels.
    expect(stream).toBeInstanceOf(Socket);
    expect(await ask(stream, 'hi')).toBe('got 2');
    await carrier.close();
  });

  it('carries many streams at once, each half ending on its own', async () => {
    await serveInGuest((peer) => void answerLength(peer));
    const carrier = newCarrier();
    await hastened(carrier);
    const sizes = [0, 1, 100_000, 3 * 1024 * 1024, 17];
    const answers = sizes.map(async (size) => ask(await carrier.connect(), randomBytes(size)));
    expect(await Promise.all(answers)).toEqual(sizes.map((size) => `got ${size}`));
    await carrier.close();
  });

  it('takes what the client sends after the guest has ended its half', async () => {
    const received = Promise.withResolvers<string>();
    await serveInGuest(async (peer) => {
      peer.end('bye');
      received.resolve(String(await readAll(peer)));
    });
    const carrier = newCarrier();
    await hastened(carrier);
    const stream = await carrier.connect();
    const ended = new Promise((resolve) => stream.once('end', resolve));
    stream.resume();
    await ended;
    stream.end('after the end');
    expect(await received.promise).toBe('after the end');
    await carrier.close();
  });

  it('shows nobody else its key and its socket', async () => {
    const carrier = newCarrier();
    await hastened(carrier);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(['key', 'known_hosts', 's']);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    await carrier.close();
  });

  it('takes over when it is up, and leaves open streams where they are', async () => {
    await serveInGuest((peer) => void answerLength(peer));
    const carrier = newCarrier();
    const early = await carrier.connect();
    early.write('0123456789');
    await hastened(carrier);
    const late = await carrier.connect();
    await carrier.close();
    expect(await ask(early, '0123456789')).toBe('got 20');
    // Ended or reset, as a broken connection is.
    await readAll(late).catch(() => undefined);
    late.destroy();
  });

  it('goes through the link while OpenSSH is away, and brings it back', async () => {
    await serveInGuest((peer) => void answerLength(peer));
    const carrier = newCarrier({ firstPauseMs: 500 });
    await hastened(carrier);
    const [killed] = clientsOf(folder);
    if (killed === undefined) throw new Error('no client runs');
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => carrier.hastened).toBe(false);
    expect(await ask(await carrier.connect(), 'meanwhile')).toBe('got 9');
    await hastened(carrier);
    expect(clientsOf(folder)).not.toContain(killed);
    await carrier.close();
  });

  it('ends with the connection', async () => {
    const carrier = newCarrier();
    await hastened(carrier);
    await link.close();
    await expect.poll(() => clientsOf(folder)).toEqual([]);
    expect(carrier.hastened).toBe(false);
    await carrier.close();
  });

  it('can be closed while it starts', async () => {
    const carrier = newCarrier();
    carrier.hasten();
    await expect.poll(() => clientsOf(folder)).toHaveLength(1);
    await carrier.close();
  });
});

describe('without OpenSSH', () => {
  it('the link carries the streams', async () => {
    await serveInGuest((peer) => void answerLength(peer));
    const carrier = newCarrier({ searchPath: [home] });
    carrier.hasten();
    expect(await ask(await carrier.connect(), 'hello')).toBe('got 5');
    expect(carrier.hastened).toBe(false);
    await carrier.close();
  });
});

describe.skipIf(ssh === null)('OpenSshForward', () => {
  const start = (changed: { keys?: VmKeys; port?: number } = {}) =>
    OpenSshForward.start({
      ssh: ssh ?? '',
      port: guest.port,
      keys,
      guestPath: '/run/docker.sock',
      folder,
      signal: never,
      ...changed,
    });

  it('refuses a server with another host key', async () => {
    const { hostPublic } = await connector.makeKeys();
    await expect(start({ keys: { ...keys, hostPublic } })).rejects.toMatchObject({
      code: 'ssh_failed',
      message: expect.stringContaining('Host key verification failed'),
    });
  });

  it('says when the guest refuses the key', async () => {
    const { clientPrivate } = await connector.makeKeys();
    await expect(start({ keys: { ...keys, clientPrivate } })).rejects.toMatchObject({
      code: 'ssh_failed',
      message: expect.stringContaining('Permission denied'),
    });
  });

  it('ends when its engine is killed, without a word from it', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, '../testing/forwarding-child.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const port = guest.port;
    owner.stdin.end(JSON.stringify({ ssh, port, keys, guestPath: '/run/docker.sock', folder }));
    await once(owner.stdout, 'data');
    expect(clientsOf(folder)).toHaveLength(1);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await expect.poll(() => clientsOf(folder), { timeout: 10_000 }).toEqual([]);
    // The next forward in this folder removes what the killed one left.
    const forward = await start();
    await forward.close();
  });

  it('ends by itself when the guest is gone', async () => {
    const forward = await start();
    guest.cut();
    await new Promise<void>((resolve) => forward.ended.addEventListener('abort', () => resolve()));
    await forward.close();
  });

  it.each(['/home/a:b', '/home/100%', '/home/$x', '/home/a[1]', 'relative'])(
    'knows it cannot lie below %s',
    (path) => {
      expect(canForwardBelow(path)).toBe(false);
    },
  );

  it.each(['/home/jo', '/Users/First Last/.foredeck', '/home/josé'])('can lie below %s', (path) => {
    expect(canForwardBelow(path)).toBe(true);
  });
});
