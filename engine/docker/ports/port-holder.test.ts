import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { findPortHolder, holderInLsof, inodesOf } from './port-holder.ts';

/** `/proc/net/tcp` of Linux 6.1: 127.0.0.1:631 listens, 0.0.0.0:22 listens, a connection from 127.0.0.1:631. */
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1002 1 0 100 0 0 10 0
   2: 0100007F:0277 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 1003 1 0 100 0 0 10 0
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2001 1 0 100 0 0 10 0
   1: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2002 1 0 100 0 0 10 0
`;

it('reads the kernel’s tables: listeners on that address or on all', () => {
  const held = (address: string, port: number) => inodesOf(tcp, { protocol: 'tcp', address, port });
  expect(held('127.0.0.1', 631)).toEqual(['1001']);
  expect(held('127.0.0.2', 631)).toEqual([]);
  expect(held('0.0.0.0', 631)).toEqual(['1001']);
  expect(held('127.0.0.2', 22)).toEqual(['1002']);
  expect(inodesOf(tcp6, { protocol: 'tcp', address: '127.0.0.1', port: 8080 })).toEqual(['2001']);
  expect(inodesOf(tcp6, { protocol: 'tcp', address: '127.0.0.1', port: 8081 })).toEqual([]);
  expect(inodesOf(tcp6, { protocol: 'tcp', address: '::1', port: 8081 })).toEqual(['2002']);
});

it('reads what lsof prints', () => {
  expect(holderInLsof('p512\ncnginx\nf6\n')).toEqual({ pid: 512, name: 'nginx' });
  expect(holderInLsof('')).toBeNull();
});

it.runIf(process.platform === 'linux')('names this very process, for TCP and UDP', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  const bound = server.address();
  const tcpPort = typeof bound === 'object' && bound ? bound.port : 0;
  const find = (protocol: 'tcp' | 'udp', port: number) =>
    findPortHolder({ protocol, address: '127.0.0.1', port }, 'linux');
  expect(await find('tcp', tcpPort)).toMatchObject({ pid: process.pid });
  expect(await find('udp', socket.address().port)).toMatchObject({ pid: process.pid });
  server.close();
  socket.close();
  await Promise.all([once(server, 'close'), once(socket, 'close')]);
  expect(await find('tcp', tcpPort)).toBeNull();
});
