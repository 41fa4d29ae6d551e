import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuestConnector } from '../ssh/guest-connector.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import { RecordingStream } from '../testing/recording-stream.ts';
import type { GuestLink } from '../vm/ports.ts';
import { Execs } from './execs.ts';

let guest: FakeGuest;
let link: GuestLink;
let execs: Execs;

beforeEach(async () => {
  const connector = createGuestConnector();
  const keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  link = await connector.connect({ port: guest.port, keys, signal: new AbortController().signal });
  execs = new Execs({ linkOf: () => link });
});

afterEach(async () => {
  await expect.poll(() => guest.alive).toBeLessThanOrEqual(1);
  await link.close();
  await guest.close();
  await expect.poll(() => guest.alive).toBe(0);
});

function run(argv: string[]): RecordingStream {
  const client = new RecordingStream();
  execs.attach(execs.prepare('service', argv).id, client);
  return client;
}

function output(client: RecordingStream, mark: number): string {
  const chunks = client.messages.filter((message) => message[0] === mark);
  return Buffer.concat(chunks.map((chunk) => chunk.subarray(1))).toString('utf8');
}

describe('Execs', () => {
  it('streams input, both outputs and the exit code', async () => {
    const client = run(['sh', '-c', 'cat; echo complaint >&2; exit 4']);
    await client.type('first ');
    await client.type('second');
    await client.say(JSON.stringify({ type: 'stdin-end' }));
    await expect.poll(() => client.closed).toBeDefined();
    expect(output(client, 1)).toBe('first second');
    expect(output(client, 2)).toBe('complaint\n');
    expect(client.controls).toEqual([{ type: 'exit', code: 4, reason: '' }]);
  });

  it('does not start before somebody attaches, and runs once', async () => {
    const { id } = execs.prepare('service', ['echo', 'once']);
    expect(guest.alive).toBe(1);
    const client = new RecordingStream();
    execs.attach(id, client);
    expect(() => execs.attach(id, new RecordingStream())).toThrow(/already/);
    await expect.poll(() => client.closed).toBeDefined();
    expect(output(client, 1)).toBe('once\n');
  });

  it('ends the command when the client leaves', async () => {
    const client = run(['sh', '-c', 'echo up; sleep 1000']);
    await expect.poll(() => output(client, 1)).toBe('up\n');
    client.close();
    await expect.poll(() => guest.alive).toBe(1);
  });

  it('says so when the connection is lost', async () => {
    const client = run(['sh', '-c', 'echo up; sleep 1000']);
    await expect.poll(() => output(client, 1)).toBe('up\n');
    guest.cut();
    await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit', code: null });
  });
});
