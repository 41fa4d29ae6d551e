import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishedPort } from '../../../contract/published-ports.ts';
import { silentLog } from '../../base/log.ts';
import { probeBind } from '../../base/probe-bind.ts';
import { BindingForwards } from '../../testing/binding-forwards.ts';

import { GuestPortRules } from './guest-port-rules.ts';
import { PortChoices } from './port-choices.ts';
import { nothingPublished, type Publication, type WantedPort } from './publication.ts';
import { PublishedPorts } from './published-ports.ts';

let folder: string;
let forwards: BindingForwards;
let choices: PortChoices;
let ports: PublishedPorts;
let shared: boolean;
let told: Map<string, PublishedPort[]>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  forwards = new BindingForwards();
  choices = new PortChoices({ path: join(folder, 'ports.json'), log: silentLog });
  shared = false;
  told = new Map();
  ports = made();
});

afterEach(async () => {
  await ports.close();
  await forwards.close();
  await rm(folder, { recursive: true });
});

function made(): PublishedPorts {
  return new PublishedPorts({
    forwards,
    choices,
    rules: new GuestPortRules({ none: true, log: silentLog }),
    share: () => shared,
    host: { platform: 'linux', findHolder: async () => null, firstFreeForAll: async () => null },
    onPorts: (container, published) => told.set(container, published),
    log: silentLog,
  });
}

async function freePort(protocol: 'tcp' | 'udp'): Promise<number> {
  const free = await probeBind({ protocol, address: '127.0.0.1', port: 0 });
  if ('errno' in free) throw new Error(free.errno);
  return free.port;
}

function publication(wanted: Partial<WantedPort> & { port: number }): Publication {
  const port = { protocol: 'tcp', address: '', containerPort: 80, ...wanted } as const;
  return { ports: [port], containerAddress: '172.17.0.2' };
}

/** Something else on this machine has the port until the answer is called. */
async function take(port: number): Promise<() => Promise<void>> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

describe.each(['tcp', 'udp'] as const)('%s', (protocol) => {
  it.each([
    { name: 'all', address: '', answers: ['127.0.0.1', '::1'] },
    { name: 'IPv4 loopback', address: '127.0.0.1', answers: ['127.0.0.1'] },
    { name: 'IPv6 loopback', address: '::1', answers: ['::1'] },
    { name: 'another address', address: '127.0.0.7', answers: ['127.0.0.7'] },
  ])(
    'bound to $name: there while it runs, again after a restart, gone with it',
    async ({ address, answers }) => {
      const port = await freePort(protocol);
      const wanted = publication({ protocol, address, port });
      for (const _start of ['first', 'again']) {
        await ports.set('web', wanted);
        expect(told.get('web')).toMatchObject([{ hostPort: port, hostAddresses: answers, problem: null }]);
        for (const answering of answers) {
          expect(await probeBind({ protocol, address: answering, port })).toEqual({ errno: 'EADDRINUSE' });
        }
        await ports.set('web', nothingPublished);
        expect(told.get('web')).toEqual([]);
        expect(forwards.texts).toEqual([]);
        for (const answering of answers) {
          expect(await probeBind({ protocol, address: answering, port })).toEqual({ port });
        }
      }
    },
  );

  it('answers on every address while ports are shared', async () => {
    const port = await freePort(protocol);
    await ports.set('web', publication({ protocol, port }));
    shared = true;
    await ports.check();
    expect(forwards.texts).toEqual([`${protocol} 0.0.0.0:${port} -> ${port}`]);
    expect(told.get('web')).toMatchObject([{ hostAddresses: ['0.0.0.0', '::1'] }]);
    shared = false;
    await ports.check();
    expect(forwards.texts).toEqual([`${protocol} 127.0.0.1:${port} -> ${port}`]);
  });
});

it('tells of a taken port, leads nobody to the other program, and has it once that lets go', async () => {
  const port = await freePort('tcp');
  const release = await take(port);
  await ports.set('web', publication({ port }));
  expect(told.get('web')).toMatchObject([{ hostAddresses: [], problem: { reason: 'taken' } }]);
  expect(await probeBind({ protocol: 'tcp', address: '::1', port })).toEqual({ port });
  await release();
  await ports.set('other', publication({ port: await freePort('tcp') }));
  expect(told.get('web'), 'no other container makes it try again').toMatchObject([{ hostAddresses: [] }]);
  await ports.check();
  expect(told.get('web')).toMatchObject([{ hostAddresses: ['127.0.0.1', '::1'], problem: null }]);
});

it('answers in part where another program has only [::1]', async () => {
  const port = await freePort('tcp');
  const other = createServer().listen(port, '::1');
  await once(other, 'listening');
  await ports.set('web', publication({ port }));
  expect(told.get('web')).toMatchObject([{ hostAddresses: ['127.0.0.1'], problem: { reason: 'taken' } }]);
  other.close();
  await once(other, 'close');
  await ports.check();
  expect(told.get('web')).toMatchObject([{ hostAddresses: ['127.0.0.1', '::1'], problem: null }]);
});

it('uses the port which a person chose instead, and the own one again', async () => {
  const [port, chosen] = [await freePort('tcp'), await freePort('tcp')];
  const release = await take(port);
  const key = { protocol: 'tcp', address: '', port } as const;
  await ports.set('web', publication({ port }));
  await choices.set('web', key, chosen);
  await ports.retry('web');
  expect(forwards.texts).toEqual([`tcp 127.0.0.1:${chosen} -> ${port}`]);
  expect(ports.port('web', key)).toMatchObject({ port, hostPort: chosen, problem: null });
  await release();
  await choices.set('web', key, null);
  await ports.retry('web');
  expect(forwards.texts).toEqual([`tcp 127.0.0.1:${port} -> ${port}`]);
});

it('brings lost forwards back and removes leftovers, once Docker has told everything', async () => {
  const [port, stray] = [await freePort('tcp'), await freePort('udp')];
  const leftover = { protocol: 'udp', hostAddress: '127.0.0.1', hostPort: stray, guestPort: 53 } as const;
  await forwards.add(leftover);
  await ports.set('web', publication({ port }));
  expect(forwards.texts).toHaveLength(2);
  await ports.setAll(new Map([['web', publication({ port })]]));
  expect(forwards.texts).toEqual([`tcp 127.0.0.1:${port} -> ${port}`]);
  await forwards.close();
  await ports.check();
  expect(forwards.texts).toEqual([`tcp 127.0.0.1:${port} -> ${port}`]);
});

it('takes over what an earlier engine forwarded, without a gap', async () => {
  const port = await freePort('tcp');
  await ports.setAll(new Map([['web', publication({ port })]]));
  await ports.close();
  const [before] = await forwards.list();
  ports = made();
  await ports.setAll(new Map([['web', publication({ port })]]));
  expect(await forwards.list()).toEqual([before]);
  expect(told.get('web')).toMatchObject([{ hostAddresses: ['127.0.0.1', '::1'], problem: null }]);
});

it('forgets what no longer runs, and asks QEMU once for many changes', async () => {
  const [one, two] = [await freePort('tcp'), await freePort('udp')];
  await ports.setAll(
    new Map([
      ['web', publication({ port: one })],
      ['dns', publication({ port: two, protocol: 'udp' })],
      ['idle', nothingPublished],
    ]),
  );
  expect(told.get('idle')).toEqual([]);
  const asked = forwards.lists;
  await Promise.all([ports.set('web', nothingPublished), ports.set('dns', nothingPublished)]);
  expect(forwards.lists - asked).toBe(1);
  expect(forwards.texts).toEqual([]);
});

it('says what cannot be: other IPv6 addresses, addresses the host does not have', async () => {
  const port = await freePort('tcp');
  await ports.set('six', publication({ port, address: 'fd00::99' }));
  await ports.set('none', publication({ port, address: '203.0.113.9' }));
  expect(told.get('six')).toMatchObject([{ hostAddresses: [], problem: { reason: 'unsupported' } }]);
  expect(told.get('none')).toMatchObject([{ hostAddresses: [], problem: { reason: 'no-address' } }]);
});

it('keeps choices across engines, and not beyond the container', async () => {
  const key = { protocol: 'tcp', address: '', port: 8080 } as const;
  await choices.set('web', key, 9000);
  const next = new PortChoices({ path: join(folder, 'ports.json'), log: silentLog });
  await next.load();
  expect(next.get('web', key)).toBe(9000);
  await next.retain(() => false);
  const last = new PortChoices({ path: join(folder, 'ports.json'), log: silentLog });
  await last.load();
  expect(last.get('web', key)).toBeUndefined();
});
