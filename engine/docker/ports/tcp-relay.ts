import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Relay, RelayOptions } from './relays.ts';

/** Longer than a busy guest takes to accept; QEMU itself accepts at once. */
const connectTimeoutMs = 30_000;

/**
 * Listens on an IPv6 address and carries each connection to a port of 127.0.0.1. Either side may end its half first, and
 * one that breaks breaks the other. Rejects with Node's own error when it cannot listen.
 */
export async function openTcpRelay({ address, port, targetPort }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', (client) => {
    keep(client);
    const target = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true, noDelay: true });
    keep(target);
    const timer = setTimeout(() => target.destroy(), connectTimeoutMs);
    join(client, target);
    target.once('connect', () => {
      clearTimeout(timer);
      client.pipe(target);
      target.pipe(client);
    });
    target.once('close', () => clearTimeout(timer));
  });
  server.listen({ host: address, port, ipv6Only: true, exclusive: true });
  await once(server, 'listening');
  // Running out of files at an accept must not end the engine; the next one may succeed.
  server.on('error', () => undefined);
  return {
    targetPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An end that is torn off, by a reset or otherwise, tears off the other; an orderly end is piped as one. */
function join(client: Socket, target: Socket): void {
  for (const [one, other] of [
    [client, target],
    [target, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.once('close', () => {
      if (!one.readableEnded) other.destroy();
    });
  }
}
