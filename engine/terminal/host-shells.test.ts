import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordingStream } from '../testing/recording-stream.ts';
import { HostShells } from './host-shells.ts';

const size = { cols: 90, rows: 30 };

let folder: string;
let shells: HostShells;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  shells = new HostShells({
    dockerSocket: '/home/me/.foredeck/docker.sock',
    dockerCli: async () => '/opt/foredeck/tools/docker',
    environment: {
      HOME: folder,
      PATH: '/usr/bin:/bin',
      SHELL: '/bin/sh',
      DOCKER_CONTEXT: 'elsewhere',
      ELECTRON_RUN_AS_NODE: '1',
    },
  });
});

afterEach(async () => {
  shells.closeAll();
  await rm(folder, { recursive: true });
});

function started(id = 'one'): RecordingStream {
  const client = new RecordingStream();
  shells.attach(id, size, client);
  return client;
}

it('is a shell of this computer which talks to the VM’s Docker', async () => {
  const client = started();
  await expect.poll(() => client.controls).toContainEqual({ type: 'attached', replayed: true });
  await client.type('echo "$DOCKER_HOST|$DOCKER_CONTEXT|$ELECTRON_RUN_AS_NODE|$PATH"; stty size\r');
  await expect
    .poll(() => client.text)
    .toContain('unix:///home/me/.foredeck/docker.sock|||/usr/bin:/bin:/opt/foredeck/tools');
  await expect.poll(() => client.text).toContain('30 90');
  await client.say(JSON.stringify({ type: 'resize', cols: 101, rows: 33 }));
  await client.type('stty size; exit 5\r');
  await expect.poll(() => client.text).toContain('33 101');
  await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit', code: 5 });
});

it('is found again by its id alone, and holds what was on the screen', async () => {
  const client = started();
  await expect.poll(() => client.controls.length).toBe(1);
  await client.type('echo remember $((40 + 2))\r');
  await expect.poll(() => client.text).toContain('remember 42');
  client.close();
  const again = new RecordingStream();
  shells.attach('one', null, again);
  await expect.poll(() => again.text).toContain('remember 42');
});

it('is not started by who only wants to attach', async () => {
  const client = new RecordingStream();
  shells.attach('unknown', null, client);
  await expect.poll(() => client.closed).toBeDefined();
  expect(client.controls).toEqual([{ type: 'exit', code: null, reason: 'This terminal is no longer open.' }]);
});

it('ends with its stream’s close message, though it ignores being hung up on', async () => {
  const client = started();
  await expect.poll(() => client.controls.length).toBe(1);
  await client.type("trap '' HUP; echo pid $$.\r");
  await expect.poll(() => client.text).toMatch(/pid \d+\./);
  const pid = Number(/pid (\d+)\./.exec(client.text)?.[1]);
  expect(() => process.kill(pid, 0)).not.toThrow();
  await client.say(JSON.stringify({ type: 'close' }));
  expect(client.closed).toBeDefined();
  await expect.poll(() => alive(pid)).toBe(false);
});

it('says which program could not be started', async () => {
  const broken = new HostShells({
    dockerSocket: '/d.sock',
    dockerCli: async () => null,
    environment: { SHELL: '/nowhere/fish' },
  });
  const client = new RecordingStream();
  broken.attach('one', size, client);
  await expect.poll(() => client.controls.at(-1)).toMatchObject({ type: 'exit' });
  broken.closeAll();
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
