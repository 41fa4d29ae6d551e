import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuestConnector } from '../ssh/guest-connector.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import { RecordingStream } from '../testing/recording-stream.ts';
import type { GuestLink } from '../vm/ports.ts';
import { Terminals } from './terminals.ts';

const size = { cols: 80, rows: 24 };

let guest: FakeGuest;
let link: GuestLink;
let terminals: Terminals;

beforeEach(async () => {
  const connector = createGuestConnector();
  const keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  link = await connector.connect({ port: guest.port, keys, signal: new AbortController().signal });
  terminals = new Terminals({ start: (program) => link.openPty(program) });
});

afterEach(async () => {
  terminals.closeAll();
  // Only the connection is left: no shell outlives its terminal.
  await expect.poll(() => guest.alive).toBeLessThanOrEqual(1);
  await link.close();
  await guest.close();
  await expect.poll(() => guest.alive).toBe(0);
});

async function openAndAttach(argv: string[] | null = null): Promise<{ id: string; client: RecordingStream }> {
  const { id } = await terminals.open({ vm: 'service', container: null, argv, ...size });
  const client = new RecordingStream();
  terminals.attach(id, client);
  return { id, client };
}

describe('a terminal', () => {
  it('carries bytes both ways', async () => {
    const { client } = await openAndAttach();
    await client.type('echo $((40 + 2))-naïve\r');
    await expect.poll(() => client.text).toContain('42-naïve');
  });

  it('tells the program its new size', async () => {
    const { client } = await openAndAttach();
    await client.say(JSON.stringify({ type: 'resize', cols: 101, rows: 33 }));
    await client.type('stty size\r');
    await expect.poll(() => client.text).toContain('33 101');
  });

  it('refuses a control message it does not know', async () => {
    const { client } = await openAndAttach();
    await expect(client.say(JSON.stringify({ type: 'resize', cols: -1, rows: 33 }))).rejects.toThrow();
  });

  it('tells the exit code and stays in the list until closed', async () => {
    const { id, client } = await openAndAttach(['sh', '-c', 'echo last words; exit 6']);
    await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit', code: 6 });
    expect(terminals.list()).toMatchObject([{ id, exited: true }]);
    const late = new RecordingStream();
    terminals.attach(id, late);
    await expect.poll(() => late.controls.length).toBe(2);
    expect(late.text).toContain('last words');
    expect(late.controls.at(-1)).toMatchObject({ type: 'exit', code: 6 });
  });

  it('says so when the connection is lost', async () => {
    const { client } = await openAndAttach();
    guest.cut();
    await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit', code: null });
  });
});

describe('attaching again', () => {
  it('repaints the screen, colours included', async () => {
    const { id, client } = await openAndAttach();
    await client.type("printf '\\033[31mred\\033[0m\\n'\r");
    await expect.poll(() => client.text).toContain('\u001b[31mred');
    client.close();
    const again = new RecordingStream();
    terminals.attach(id, again);
    await expect.poll(() => again.controls).toEqual([{ type: 'attached', replayed: true }]);
    expect(again.text).toContain('\u001b[31mred');
    await again.type('echo still $((1 + 1))\r');
    await expect.poll(() => again.text).toContain('still 2');
  });

  it('never repeats a question to the terminal', async () => {
    const { id, client } = await openAndAttach(['sh', '-c', "printf 'before\\033[c\\033[6nafter\\n'; cat"]);
    await expect.poll(() => client.text).toContain('\u001b[c\u001b[6n');
    const again = new RecordingStream();
    terminals.attach(id, again);
    await expect.poll(() => again.text).toContain('after');
    expect(again.text).not.toContain('\u001b[c');
    expect(again.text).not.toContain('\u001b[6n');
  });

  it('gives every client the same bytes, and lets one of them answer for the terminal', async () => {
    const { id, client } = await openAndAttach(['cat']);
    const other = new RecordingStream();
    terminals.attach(id, other);
    await expect.poll(() => other.controls.length).toBe(1);
    await other.type('\u001b[24;80R');
    await other.type('typed by the other\r');
    await expect.poll(() => client.text).toContain('typed by the other');
    await expect.poll(() => other.text).toContain('typed by the other');
    // `cat` on a terminal echoes what was typed, escape as ^[.
    expect(client.text).not.toContain('^[[24;80R');
  });

  it('loses nothing between repaint and live bytes', async () => {
    const { id, client } = await openAndAttach(['sh', '-c', 'seq 1 400; exit 0']);
    const late = new RecordingStream();
    terminals.attach(id, late);
    await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit' });
    await expect.poll(() => late.controls.at(-1)).toMatchObject({ type: 'exit' });
    const numbers = late.text
      .match(/\d+/g)
      ?.map(Number)
      .filter((number) => number >= 1 && number <= 400);
    expect(new Set(numbers).size).toBe(400);
  });
});

describe('a slow client', () => {
  it('holds the program back', async () => {
    const { client } = await openAndAttach(['sh', '-c', 'yes']);
    client.bufferedBytes = 10 * 1024 * 1024;
    const seen = async (): Promise<boolean> => {
      const before = client.messages.length;
      await link.exec(['true']);
      await link.exec(['true']);
      return client.messages.length === before;
    };
    await expect.poll(seen, { timeout: 5_000 }).toBe(true);
    const stalled = client.text.length;
    client.bufferedBytes = 0;
    await expect.poll(() => client.text.length).toBeGreaterThan(stalled);
  });
});

describe('closing', () => {
  it('ends the program and the clients', async () => {
    const { id, client } = await openAndAttach(['sleep', '1000']);
    await expect.poll(() => client.controls.length).toBe(1);
    terminals.close(id);
    expect(client.closed).toBeDefined();
    expect(terminals.list()).toEqual([]);
    expect(() => terminals.attach(id, new RecordingStream())).toThrow(/no longer open/);
  });

  it('can be asked for on the stream', async () => {
    const { client } = await openAndAttach(['sleep', '1000']);
    await client.say(JSON.stringify({ type: 'close' }));
    expect(client.closed).toBeDefined();
    expect(terminals.list()).toEqual([]);
  });

  it('happens by itself when nobody looks', async () => {
    const impatient = new Terminals({ start: (program) => link.openPty(program), detachedTimeoutMs: 20 });
    await impatient.open({ vm: 'service', container: null, argv: null, ...size });
    expect(impatient.list()).toHaveLength(1);
    await expect.poll(() => impatient.list()).toEqual([]);
  });
});
