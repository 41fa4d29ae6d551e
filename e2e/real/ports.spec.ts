import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from '@playwright/test';
import type { PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { probeBind } from '../../engine/base/probe-bind.ts';
import { echoServer, makePerlImage, perlImage } from '../../engine/testing/perl-image.ts';
import { untilState } from './engine-state.ts';
import { kill, type RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/*
 * The port matrix: TCP and UDP, published on all addresses, on either loopback and on an address of the host, through
 * restarts of the container, of the engine, of dockerd and of QEMU, and with the port taken. One container has a row each.
 */
test.describe.configure({ mode: 'serial' });

const name = 'port-matrix';

interface Row {
  readonly protocol: 'tcp' | 'udp';
  /** What is written before the port. */
  readonly written: string;
  /** Where it answers, and where it must not. */
  readonly answers: readonly string[];
  readonly refuses: readonly string[];
}

const places: readonly Omit<Row, 'protocol'>[] = [
  { written: '', answers: ['127.0.0.1', '::1'], refuses: ['127.0.0.2'] },
  { written: '127.0.0.1:', answers: ['127.0.0.1'], refuses: ['::1', '127.0.0.2'] },
  { written: '[::1]:', answers: ['::1'], refuses: ['127.0.0.1', '127.0.0.2'] },
  { written: '127.0.0.2:', answers: ['127.0.0.2'], refuses: ['127.0.0.1', '::1'] },
];
const rows: readonly Row[] = (['tcp', 'udp'] as const).flatMap((protocol) =>
  places.map((place) => ({ ...place, protocol })),
);
/** Of the host, one for each row. */
let numbers: readonly number[];

test('every way of publishing answers where it was said to, and nowhere else', async ({ home }) => {
  const made = await home.foredeck(['shell', '--', ...makePerlImage]);
  expect(made.code, made.stderr).toBe(0);
  numbers = await Promise.all(rows.map(({ protocol }) => freePort(protocol)));
  const publish = rows.flatMap(({ protocol, written }, at) => [
    '-p',
    `${written}${numbers[at]}:${protocol === 'tcp' ? 80 : 53}/${protocol}`,
  ]);
  const program = ['perl', '-e', echoServer, '53', '80'];
  await home.dockerOk([
    'run',
    '-d',
    '--name',
    name,
    '--restart',
    'always',
    ...publish,
    perlImage,
    ...program,
  ]);
  await allAnswer(home);
  for (const [at, { protocol, refuses }] of rows.entries()) {
    for (const address of refuses) {
      const port = numbers[at] ?? 0;
      expect(await probeBind({ protocol, address, port }), `${protocol} ${address}:${port}`).toEqual({
        port,
      });
    }
  }
});

test('shared on the network, a port published on all addresses answers on every one, others stay', async ({
  home,
}) => {
  const [all = 0, loopback = 0] = numbers;
  const client = await home.connect();
  try {
    await client.calls.settings.set({ sharePorts: true });
    for (const address of ['127.0.0.1', '127.0.0.2', '::1']) {
      await expect.poll(() => answer('tcp', address, all)).toBe('got 5 bytes');
    }
    expect(await probeBind({ protocol: 'tcp', address: '127.0.0.2', port: loopback })).toHaveProperty('port');
    await client.calls.settings.set({ sharePorts: false });
    expect(await answer('tcp', '127.0.0.2', all)).toContain('ECONNREFUSED');
    expect(await answer('tcp', '127.0.0.1', all)).toBe('got 5 bytes');
    // After all that traffic QEMU's own list still says the same of each.
    await client.calls.port.check({ vm: 'service' });
    const { containers } = await untilState(client, 'any', () => true);
    const ports = Object.values(containers).flatMap((container) =>
      container.name === name ? container.ports : [],
    );
    expect(ports.map(({ problem }) => problem)).toEqual(rows.map(() => null));
  } finally {
    await client.close();
  }
});

test('two containers cannot have one port, and Docker says so', async ({ home }) => {
  const again = ['run', '--rm', '--name', 'port-rival', '-p', `${numbers[0]}:80`, perlImage, 'perl', '-v'];
  const refused = await home.docker(again);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('port is already allocated');
  await home.docker(['rm', '-f', 'port-rival']);
});

test('they come back with the container, and with an engine that was killed', async ({ home }) => {
  await home.dockerOk(['restart', '-t', '1', name]);
  await allAnswer(home);
  const client = await home.connect();
  kill(client.info.host.enginePid);
  await client.closed;
  // QEMU has these, whoever watches.
  expect(await answer('tcp', '127.0.0.1', numbers[0] ?? 0)).toBe('got 5 bytes');
  await home.foredeckJson('start');
  await allAnswer(home);
});

test('they come back with dockerd, and with another QEMU', async ({ home }) => {
  await home.foredeck(['shell', '--', 'sh', '-c', 'kill -9 "$(pidof dockerd)"']);
  const version = expect.poll(async () => (await home.docker(['version'])).code, { timeout: 180_000 });
  await version.toBe(0);
  await allAnswer(home);
  await home.foredeckJson('stop', '--suspend');
  for (const [at, { protocol, answers }] of rows.entries()) {
    for (const address of answers) {
      const port = numbers[at] ?? 0;
      expect(await probeBind({ protocol, address, port }), `${protocol} ${address}:${port}`).toEqual({
        port,
      });
    }
  }
  await home.foredeckJson('start');
  await allAnswer(home);
});

test('a taken port says by whom, moves to another, and comes back', async ({ home }) => {
  const port = await freePort('tcp');
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const run = ['run', '-d', '--name', 'port-taken', '-p', `${port}:80`, perlImage, 'perl', '-e', echoServer];
  await home.dockerOk([...run, '53', '80']);
  const client = await home.connect();
  try {
    const key = { protocol: 'tcp', address: '', port } as const;
    const told = async (holds: (published: PublishedPort) => boolean): Promise<PublishedPort | undefined> => {
      const state = await untilState(client, 'the port is as it should be', ({ containers }) =>
        (find(containers)?.ports ?? []).some(holds),
      );
      return find(state.containers)?.ports[0];
    };
    const taken = await told(({ problem }) => problem !== null);
    expect(taken?.problem).toMatchObject({ reason: 'taken', holder: { pid: process.pid } });
    const { id = '' } = find((await untilState(client, 'any', () => true)).containers) ?? {};
    const moved = await client.calls.port.move({ vm: 'service', container: id, ...key, hostPort: null });
    expect(moved).toMatchObject({ port, problem: null, hostAddresses: ['127.0.0.1', '::1'] });
    for (const address of moved.hostAddresses) {
      await expect.poll(() => answer('tcp', address, moved.hostPort)).toBe('got 5 bytes');
    }
    await home.dockerOk(['restart', '-t', '1', 'port-taken']);
    await told(({ hostPort, problem }) => hostPort === moved.hostPort && problem === null);
    holder.close();
    await once(holder, 'close');
    await client.calls.port.moveBack({ vm: 'service', container: id, ...key });
    await expect.poll(() => answer('tcp', '127.0.0.1', port)).toBe('got 5 bytes');
    expect(await probeBind({ protocol: 'tcp', address: '127.0.0.1', port: moved.hostPort })).toHaveProperty(
      'port',
    );
  } finally {
    holder.close();
    await client.close();
    await home.docker(['rm', '-f', 'port-taken']);
  }
});

test('they go with the container', async ({ home }) => {
  await home.dockerOk(['rm', '-f', name]);
  for (const [at, { protocol, answers }] of rows.entries()) {
    for (const address of answers) {
      const port = numbers[at] ?? 0;
      await expect.poll(() => probeBind({ protocol, address, port })).toEqual({ port });
    }
  }
});

function find(containers: Readonly<Record<string, Container>>): Container | undefined {
  return Object.values(containers).find((container) => container.name === 'port-taken');
}

async function allAnswer(home: RealHome): Promise<void> {
  for (const [at, { protocol, answers }] of rows.entries()) {
    for (const address of answers) {
      const port = numbers[at] ?? 0;
      const asked = expect.poll(() => answer(protocol, address, port), {
        message: `${protocol} ${address}:${port} of ${home.path}`,
      });
      await asked.toBe(protocol === 'tcp' ? 'got 5 bytes' : 'hello');
    }
  }
}

/** What answers to "hello" there; the system's error where nothing does. */
function answer(protocol: 'tcp' | 'udp', address: string, port: number): Promise<string> {
  const answered = protocol === 'tcp' ? overTcp(address, port) : overUdp(address, port);
  return answered.catch(String);
}

async function overTcp(address: string, port: number): Promise<string> {
  const socket = connect({ host: address, port, allowHalfOpen: true, timeout: 5_000 });
  socket.once('timeout', () => socket.destroy(new Error('no answer')));
  socket.end('hello');
  return await text(socket);
}

async function overUdp(address: string, port: number): Promise<string> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.send('hello', port, address);
    const [message] = await once(socket, 'message', { signal: AbortSignal.timeout(1_000) });
    return String(message);
  } finally {
    socket.close();
  }
}

/** Free on every address of the matrix. */
async function freePort(protocol: 'tcp' | 'udp'): Promise<number> {
  const free = await probeBind({ protocol, address: '::1', port: 0 });
  if ('errno' in free) throw new Error(free.errno);
  const other = await probeBind({ protocol, address: '0.0.0.0', port: free.port });
  return 'port' in other ? free.port : await freePort(protocol);
}
