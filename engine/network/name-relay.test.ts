import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Scope } from '../base/scope.ts';
import { callingLog } from '../testing/calling-log.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { forwardQuestion, nameservers } from './forward-question.ts';
import { NameRelay, type NameRelayOptions } from './name-relay.ts';

const scope = { current: new Scope('test') };
afterEach(async () => {
  await scope.current.close();
  scope.current = new Scope('test');
});

async function relayWith(
  options: Omit<NameRelayOptions, 'log'>,
): Promise<{ resolver: Resolver; tcp: number }> {
  const relay = new NameRelay({ log: callingLog(() => undefined), ...options });
  scope.current.defer(() => relay.close());
  const { udp, tcp } = await relay.ports();
  const resolver = new Resolver({ tries: 1 });
  resolver.setServers([`127.0.0.1:${udp}`]);
  return { resolver, tcp };
}

function unknown(): Error {
  return Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
}

test('answers as the host looks names up, its own names included', async () => {
  const { resolver } = await relayWith({
    lookUp: async (name, family) => {
      if (name !== 'intranet.example.org') throw unknown();
      return family === 4 ? ['10.1.2.3', '10.1.2.4'] : ['2001:db8::1:0:5', 'fe80::1%eth0', '::ffff:10.1.2.3'];
    },
  });
  expect(await resolver.resolve4('Intranet.example.org')).toEqual(['10.1.2.3', '10.1.2.4']);
  expect(await resolver.resolve6('intranet.example.org')).toEqual([
    '2001:db8::1:0:5',
    'fe80::1',
    '::ffff:10.1.2.3',
  ]);
  expect(await resolver.resolve4('host.docker.internal')).toEqual(['10.0.2.2']);
  expect(await resolver.resolve4('gateway.docker.internal')).toEqual(['10.0.2.2']);
  await expect(resolver.resolve6('host.docker.internal')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolve4('nowhere.example.org')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('a name without addresses of one kind is not unknown, and a host that cannot look up is no answer', async () => {
  const { resolver } = await relayWith({
    lookUp: async (name, family) => {
      if (name === 'away.example.org') throw Object.assign(new Error('again'), { code: 'EAI_AGAIN' });
      if (family === 6) throw unknown();
      return ['10.1.2.3'];
    },
  });
  await expect(resolver.resolve6('four.example.org')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolve4('away.example.org')).rejects.toMatchObject({ code: 'ESERVFAIL' });
});

test('follows the host from one question to the next', async () => {
  let address = '10.1.2.3';
  const { resolver } = await relayWith({ lookUp: async () => [address] });
  expect(await resolver.resolve4('vpn.example.org')).toEqual(['10.1.2.3']);
  address = '10.8.0.3';
  expect(await resolver.resolve4('vpn.example.org', { ttl: true })).toEqual([{ address, ttl: 5 }]);
});

test('what does not fit into a datagram is asked again by TCP, in full', async () => {
  const many = Array.from({ length: 60 }, (_, at) => `10.0.3.${at}`);
  const { resolver, tcp } = await relayWith({ lookUp: async () => many });
  // The resolver asks again at the same port by TCP, which is another one here.
  await expect(resolver.resolve4('many.example.org')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const socket = connect(tcp, '127.0.0.1');
  await once(socket, 'connect');
  const question = Buffer.from('000101000001000000000000046d616e79076578616d706c65036f72670000010001', 'hex');
  socket.write(Buffer.concat([Buffer.from([0, question.length]), question]));
  const [answer] = await once(socket, 'data');
  expect((answer as Buffer).readUInt16BE(8)).toBe(60);
  socket.destroy();
});

test("other kinds of records are asked of the host's name servers, the next one where one is not there", async () => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  scope.current.defer(() => new Promise((resolve) => server.close(resolve)));
  server.on('message', (message, peer) => {
    const answer = Buffer.from(message);
    // A refusal: the smallest answer there is.
    answer.writeUInt16BE(0x8185, 2);
    server.send(answer, peer.port, peer.address);
  });
  const { port } = server.address();
  const { resolver } = await relayWith({
    lookUp: async () => [],
    forward: (message) => forwardQuestion(message, ['127.0.0.2', '127.0.0.1'], port),
  });
  await expect(resolver.resolveMx('example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
});

test('reads the name servers of this computer', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'resolv.conf');
    await writeFile(
      path,
      '# VPN\nnameserver 10.8.0.1\nsearch example.org\nnameserver fe80::1%eth0\nnameserver x\n',
    );
    expect(await nameservers(path)).toEqual(['10.8.0.1', 'fe80::1%eth0']);
    expect(await nameservers(join(folder, 'none'))).toEqual([]);
  });
});

test('answers nothing to what is no question', async () => {
  const { tcp } = await relayWith({ lookUp: async () => ['10.1.2.3'] });
  const socket = connect(tcp, '127.0.0.1');
  await once(socket, 'connect');
  const answered: Buffer[] = [];
  socket.on('data', (chunk) => answered.push(chunk));
  const pointer = Buffer.from('00020100000100000000000000c00c00010001', 'hex');
  const question = Buffer.from('000101000001000000000000016100 00010001'.replace(' ', ''), 'hex');
  for (const message of [Buffer.from([1, 2, 3]), pointer, question]) {
    socket.write(Buffer.concat([Buffer.from([0, message.length]), message]));
  }
  await once(socket, 'data');
  expect(Buffer.concat(answered).readUInt16BE(2)).toBe(1);
  socket.destroy();
});
