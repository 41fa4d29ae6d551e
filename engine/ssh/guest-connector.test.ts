import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGuest } from '../testing/fake-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { GuestLink, VmKeys } from '../vm/ports.ts';
import { createGuestConnector } from './guest-connector.ts';

const connector = createGuestConnector();
const never = new AbortController().signal;

let keys: VmKeys;
let guest: FakeGuest;
let link: GuestLink;

beforeEach(async () => {
  keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  link = await connector.connect({ port: guest.port, keys, signal: never });
});

afterEach(async () => {
  await link.close();
  await guest.close();
  await expect.poll(() => guest.alive).toBe(0);
});

describe('makeKeys', () => {
  it('makes only keys which can be read back', async () => {
    // One of ssh2's pairs in 256 cannot: 600 pairs hold such a one in nine runs of ten.
    for (let i = 0; i < 300; i++) {
      const { clientPrivate, clientPublic, hostPrivate, hostPublic } = await connector.makeKeys();
      for (const key of [clientPrivate, clientPublic, hostPrivate, hostPublic]) {
        expect(ssh2.utils.parseKey(key)).not.toBeInstanceOf(Error);
      }
    }
  });
});

describe('connecting', () => {
  it('refuses a server with another host key and says so', async () => {
    const other = await connector.makeKeys();
    const pinned = { ...keys, hostPublic: other.hostPublic };
    await expect(connector.connect({ port: guest.port, keys: pinned, signal: never })).rejects.toMatchObject({
      code: 'ssh_failed',
      message: expect.stringContaining('host key is not the one made for the VM'),
    });
  });

  it('says when the guest refuses the key', async () => {
    const other = await connector.makeKeys();
    const unknown = { ...keys, clientPrivate: other.clientPrivate };
    await expect(connector.connect({ port: guest.port, keys: unknown, signal: never })).rejects.toMatchObject(
      {
        code: 'ssh_failed',
        message: expect.stringContaining("refused Foredeck's key"),
      },
    );
  });

  it('stops waiting for a silent server when aborted', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const abort = new AbortController();
    silent.once('connection', (socket) => {
      socket.on('error', () => undefined);
      abort.abort();
    });
    const connecting = connector.connect({ port: address.port, keys, signal: abort.signal });
    await expect(connecting).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise<void>((resolve) => silent.close(() => resolve()));
  });

  it('fails when nobody listens', async () => {
    const port = guest.port;
    await guest.close();
    await expect(connector.connect({ port, keys, signal: never })).rejects.toMatchObject({
      code: 'ssh_failed',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});

describe('exec', () => {
  it('tells output, errors and exit status apart', async () => {
    const result = await link.exec(['sh', '-c', 'cat; echo problem >&2; exit 7'], { input: 'fed\n' });
    expect(result).toEqual({ code: 7, stdout: 'fed\n', stderr: 'problem\n' });
  });

  it('reports 128 + n for signal n', async () => {
    expect((await link.exec(['sh', '-c', 'kill -TERM $$'])).code).toBe(143);
  });

  it('passes hostile arguments unchanged', async () => {
    const hostile = ["it's", '$(touch /nope)', 'two\nlines', '', '🐳', '; exit 9'];
    const result = await link.exec(['printf', '%s\\0', ...hostile]);
    expect(result.stdout.split('\0').slice(0, -1)).toEqual(hostile);
  });

  it('survives a program which does not read its input', async () => {
    const input = randomBytes(4 * 1024 * 1024);
    expect(await link.exec(['true'], { input })).toMatchObject({ code: 0 });
  });

  it('kills a command which writes too much', async () => {
    await expect(link.exec(['yes'], { maxOutputBytes: 10_000 })).rejects.toMatchObject({
      code: 'guest_command_failed',
      message: expect.stringContaining('more than 10000 bytes'),
    });
    await expect.poll(() => guest.alive).toBe(1);
  });

  it('kills a command at its timeout', async () => {
    await expect(link.exec(['sleep', '1000'], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'guest_command_failed',
      message: expect.stringContaining('did not end within 0.1 s'),
    });
    await expect.poll(() => guest.alive).toBe(1);
  });

  it('kills the whole command when aborted', async () => {
    const abort = new AbortController();
    const running = await link.spawn(['sh', '-c', 'sleep 1000 & echo up; wait'], { signal: abort.signal });
    await new Promise((resolve) => running.stdout.once('data', resolve));
    abort.abort();
    await expect.poll(() => guest.alive).toBe(1);
  });
});

describe('streams', () => {
  it('runs two megabytes through cat', async () => {
    const sent = randomBytes(2 * 1024 * 1024);
    const running = await link.spawn(['cat']);
    Readable.from([sent]).pipe(running.stdin);
    const received = Buffer.concat(await Array.fromAsync(running.stdout));
    expect(received.equals(sent)).toBe(true);
    expect(await running.exited).toBe(0);
  });

  it('keeps either half of a Unix socket open', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 's');
      // Answers only after it has seen the end of what was sent.
      const server = createServer({ allowHalfOpen: true }, async (socket) => {
        const all = Buffer.concat(await Array.fromAsync(socket));
        socket.end(`got ${all.length}`);
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const stream = await link.connectUnix(path);
      stream.end(randomBytes(100_000));
      expect(String(Buffer.concat(await Array.fromAsync(stream)))).toBe('got 100000');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  });

  it('lets the guest end first and still takes what is sent', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 's');
      const received = Promise.withResolvers<string>();
      const server = createServer({ allowHalfOpen: true }, async (socket) => {
        socket.end('bye');
        received.resolve(String(Buffer.concat(await Array.fromAsync(socket))));
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const stream = await link.connectUnix(path);
      const ended = new Promise((resolve) => stream.once('end', resolve));
      stream.resume();
      await ended;
      stream.end('still here');
      expect(await received.promise).toBe('still here');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  });

  it('says which socket nobody serves', async () => {
    await expect(link.connectUnix('/nowhere/s')).rejects.toMatchObject({
      code: 'ssh_failed',
      message: expect.stringContaining('/nowhere/s'),
    });
  });

  it('gives a terminal its size and its exit code', async () => {
    const pty = await link.openPty({ argv: ['sh', '-c', 'stty size; exit 5'], cols: 91, rows: 17 });
    const text = String(Buffer.concat(await Array.fromAsync(pty.stream)));
    expect(text).toContain('17 91');
    expect(await pty.exited).toBe(5);
  });
});

describe('a lost connection', () => {
  it('fails what runs and aborts the signal', async () => {
    const running = await link.spawn(['sleep', '1000']);
    const waiting = link.exec(['sleep', '1000']);
    const reading = Array.fromAsync(running.stdout);
    guest.cut();
    await expect(waiting).rejects.toMatchObject({ code: 'ssh_failed' });
    await expect(reading).rejects.toMatchObject({ code: 'ssh_failed' });
    expect(await running.exited).toBeNull();
    expect(link.signal.aborted).toBe(true);
    await expect(link.exec(['true'])).rejects.toMatchObject({ code: 'ssh_failed' });
  });

  it('never leaves half a file', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'file');
      const endless = Readable.from(
        (async function* () {
          yield randomBytes(64 * 1024);
          guest.cut();
          await new Promise<void>((resolve) => link.signal.addEventListener('abort', () => resolve()));
        })(),
      );
      await expect(link.writeFile(path, endless, { mode: 0o600 })).rejects.toMatchObject({
        code: 'ssh_failed',
      });
      expect(await readdir(folder)).not.toContain('file');
    });
  });
});

describe('a dead guest', () => {
  it('does not keep close() from ending', async () => {
    // A cable which carries everything until it is `cut`, and then nothing, not even an end.
    const wires: Socket[] = [];
    const cable = createServer((near) => {
      const far = connect(guest.port, '127.0.0.1');
      wires.push(near, far);
      near.pipe(far).pipe(near);
      for (const wire of [near, far]) wire.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => cable.listen(0, '127.0.0.1', resolve));
    const address = cable.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const through = await connector.connect({ port: address.port, keys, signal: never });
    for (const wire of wires) wire.unpipe().pause();
    await through.close();
    expect(through.signal.aborted).toBe(true);
    for (const wire of wires) wire.destroy();
    await new Promise<void>((resolve) => cable.close(() => resolve()));
  });
});

describe('writeFile', () => {
  it('writes content and mode, making the folder', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, "new folder's", 'file');
      const content = randomBytes(300_000);
      const seen: number[] = [];
      await link.writeFile(path, content, { mode: 0o755, onProgress: (done) => seen.push(done) });
      expect((await readFile(path)).equals(content)).toBe(true);
      expect((await stat(path)).mode & 0o7777).toBe(0o755);
      expect(seen.at(-1)).toBe(300_000);
      expect(await readdir(join(folder, "new folder's"))).toEqual(['file']);
    });
  });

  it('says why it could not', async () => {
    await expect(link.writeFile('/proc/nope/file', Buffer.from('x'), { mode: 0o600 })).rejects.toMatchObject({
      code: 'guest_command_failed',
      message: expect.stringContaining('/proc/nope'),
    });
  });
});
