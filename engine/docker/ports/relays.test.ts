import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { probeBind } from '../../base/probe-bind.ts';
import { Relays, relayKey } from './relays.ts';

const relays = new Relays('::1');
const servers: Server[] = [];
/** Connections which reached a target and are not over yet. */
const reached = new Set<Socket>();

afterEach(async () => {
  await relays.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A TCP server in QEMU's place. */
async function target(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    reached.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => reached.delete(socket));
    serve(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(protocol: 'tcp' | 'udp'): Promise<number> {
  const free = await probeBind({ protocol, address: '::1', port: 0 });
  if ('errno' in free) throw new Error(free.errno);
  return free.port;
}

async function relay(protocol: 'tcp' | 'udp', targetPort: number): Promise<number> {
  const port = await freePort(protocol);
  expect(await relays.set([{ protocol, port, targetPort }], new Set())).toEqual(new Map());
  return port;
}

it('carries bytes both ways, and each side ends its half in its own time', async () => {
  const port = await relay(
    'tcp',
    await target(async (socket) => socket.end(`got ${await text(socket)}, and more`)),
  );
  const client = connect({ host: '::1', port, allowHalfOpen: true });
  client.end('x'.repeat(100_000));
  expect(await text(client)).toBe(`got ${'x'.repeat(100_000)}, and more`);
});

it('outlives clients and targets that reset, and a target that is not there', async () => {
  const resetting = (socket: Socket) => socket.once('data', () => socket.resetAndDestroy());
  const reset = await relay('tcp', await target(resetting));
  const client = connect(reset, '::1');
  client.write('x');
  await expect(text(client)).rejects.toThrow('ECONNRESET');
  const rude = connect(reset, '::1');
  await expect.poll(() => reached.size).toBe(1);
  rude.resetAndDestroy();
  await expect.poll(() => reached.size).toBe(0);
  const nobody = await relay('tcp', await freePort('tcp'));
  await expect(text(connect(nobody, '::1'))).rejects.toThrow('ECONNRESET');
  const port = await relay('tcp', await target((socket) => socket.end('still here')));
  expect(await text(connect(port, '::1'))).toBe('still here');
});

it('brings answers to datagrams back to whoever sent them', async () => {
  const echo = createSocket('udp4').bind(0, '127.0.0.1');
  await once(echo, 'listening');
  echo.on('message', (message, { port }) => echo.send(message, port, '127.0.0.1'));
  const port = await relay('udp', echo.address().port);
  const clients = [createSocket('udp6'), createSocket('udp6')];
  const answers = clients.map(async (client) => String((await once(client, 'message'))[0]));
  clients.forEach((client, at) => {
    client.send(`datagram ${at}`, port, '::1');
  });
  expect(await Promise.all(answers)).toEqual(['datagram 0', 'datagram 1']);
  for (const socket of [echo, ...clients]) socket.close();
});

it('says which port it could not have, stands there once that is free, and lets go', async () => {
  const port = await freePort('tcp');
  const other = createServer().listen(port, '::1');
  await once(other, 'listening');
  const wanted = [{ protocol: 'tcp', port, targetPort: await target((socket) => socket.end()) }] as const;
  const key = relayKey({ protocol: 'tcp', port });
  expect(await relays.set(wanted, new Set())).toEqual(new Map([[key, 'EADDRINUSE']]));
  await new Promise((resolve) => other.close(resolve));
  expect(await relays.set(wanted, new Set([key]))).toEqual(new Map());
  expect(await probeBind({ protocol: 'tcp', address: '::1', port })).toEqual({ port });
  expect(await relays.set(wanted, new Set())).toEqual(new Map());
  expect(await probeBind({ protocol: 'tcp', address: '::1', port })).toEqual({ errno: 'EADDRINUSE' });
  await relays.set([], new Set());
  expect(await probeBind({ protocol: 'tcp', address: '::1', port })).toEqual({ port });
});
