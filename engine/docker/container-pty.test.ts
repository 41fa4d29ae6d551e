import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeDocker } from '../testing/fake-docker.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import type { GuestPty } from '../vm/ports.ts';
import { openContainerPty } from './container-pty.ts';

const size = { cols: 90, rows: 30 };

let folder: string;
let docker: FakeDocker;
let guest: LocalGuest;
/** What Docker says about the program. */
let program: { Running: boolean; ExitCode: number | null; Pid: number };
let created: unknown;
let connection: Duplex | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  guest = await LocalGuest.start({ privateBinfmt: false });
  docker = await FakeDocker.start(join(folder, 'd.sock'));
  program = { Running: true, ExitCode: null, Pid: 0 };
  connection = undefined;
  docker.answer = ({ path, body }) => {
    if (path === '/containers/web/exec') {
      created = body;
      return { status: 201, body: { Id: 'e1' } };
    }
    if (path === '/containers/stopped/exec') {
      return { status: 409, body: { message: 'Container stopped is not running' } };
    }
    if (path === '/containers/gone/exec')
      return { status: 404, body: { message: 'No such container: gone' } };
    if (path === '/exec/e1/json') return { status: 200, body: program };
    return path === '/exec/e1/resize' ? { status: 201 } : undefined;
  };
  docker.takeOver = (_path, taken) => {
    connection = taken;
  };
});

afterEach(async () => {
  await docker.close();
  await guest.close();
  expect(guest.alive).toBe(0);
  await rm(folder, { recursive: true });
});

function open(container = 'web', argv: string[] | null = null): Promise<GuestPty> {
  const client = new Dockerode({ socketPath: join(folder, 'd.sock') });
  const { signal } = new AbortController();
  return openContainerPty({ docker: client, link: guest, signal }, { container, argv, ...size });
}

it('carries bytes both ways, tells sizes, and the exit code at the end', async () => {
  const pty = await open();
  expect(created).toMatchObject({ Tty: true, AttachStdin: true, Cmd: ['/bin/sh', '-c', expect.any(String)] });
  connection?.on('data', (bytes: Buffer) => connection?.write(`heard ${bytes}`));
  pty.stream.write('ünïcode');
  const [heard] = await once(pty.stream, 'data');
  expect(String(heard)).toBe('heard ünïcode');
  pty.resize(120, 40);
  await expect
    .poll(() => docker.requests.filter((asked) => asked.includes('resize')))
    .toEqual(['POST /exec/e1/resize?w=90&h=30', 'POST /exec/e1/resize?w=120&h=40']);
  program = { Running: false, ExitCode: 3, Pid: 0 };
  connection?.end();
  expect(await pty.exited).toBe(3);
});

it('runs what is asked for instead of a shell', async () => {
  const pty = await open('web', ['psql', '-U', 'me; rm']);
  expect(created).toMatchObject({ Cmd: ['psql', '-U', 'me; rm'] });
  pty.close();
});

it('hangs up on the program when closed, which Docker would let run on', async () => {
  const sleeping = await guest.spawn(['sh', '-c', 'echo $$; exec sleep 1000']);
  const [pid] = await once(sleeping.stdout, 'data');
  program = { Running: true, ExitCode: null, Pid: Number(pid) };
  const pty = await open();
  pty.close();
  expect(await sleeping.exited).not.toBe(0);
});

it('is lost with its connection when Docker does not answer any more', async () => {
  const pty = await open();
  pty.stream.resume();
  await docker.close();
  expect(await pty.exited).toBeNull();
  docker = await FakeDocker.start(join(folder, 'd.sock'));
});

it('says what is wrong with the container', async () => {
  await expect(open('stopped')).rejects.toMatchObject({
    code: 'wrong_state',
    hint: 'Start the container first.',
  });
  await expect(open('gone')).rejects.toMatchObject({ code: 'unknown_container' });
});
