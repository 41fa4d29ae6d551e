import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Relay, RelayOptions } from './relays.ts';

/** As long as Docker's own proxy remembers whom an answer is for (moby: UDPConnTrackTimeout). */
const idleMs = 90_000;

/** Each is a socket of the host; beyond it the one that is quiet for longest goes. */
const mostClients = 1_024;

interface Client {
  readonly upstream: Socket;
  timer: NodeJS.Timeout;
}

/**
 * Takes datagrams on an IPv6 address to a port of 127.0.0.1, each client from a socket of its own, and their answers
 * back. Rejects with Node's own error when it cannot listen.
 */
export async function openUdpRelay({ address, port, targetPort }: RelayOptions): Promise<Relay> {
  const server = createSocket({ type: 'udp6', ipv6Only: true, reuseAddr: false });
  /** By the client's address and port; the quietest first. */
  const clients = new Map<string, Client>();
  let closed = false;

  const drop = (key: string): void => {
    const client = clients.get(key);
    if (!client) return;
    clients.delete(key);
    clearTimeout(client.timer);
    client.upstream.close();
  };
  const open = (key: string, from: { address: string; port: number }): Client => {
    if (clients.size >= mostClients) drop(clients.keys().next().value ?? '');
    const upstream = createSocket('udp4');
    // Nobody listens in the container, or the network went: datagrams are lost then, as anywhere.
    upstream.on('error', () => drop(key));
    upstream.on('message', (message, { address: from4, port: fromPort }) => {
      // Of the container alone: any program of the host can send to this socket.
      if (from4 !== '127.0.0.1' || fromPort !== targetPort) return;
      refresh(key);
      if (!closed) server.send(message, from.port, from.address, () => undefined);
    });
    return { upstream, timer: setTimeout(() => drop(key), idleMs) };
  };
  const refresh = (key: string): void => {
    const client = clients.get(key);
    if (!client) return;
    clients.delete(key);
    clients.set(key, client);
    client.timer.refresh();
  };

  server.on('message', (message, from) => {
    const key = `${from.address} ${from.port}`;
    const client = clients.get(key) ?? open(key, from);
    clients.set(key, client);
    refresh(key);
    client.upstream.send(message, targetPort, '127.0.0.1', () => undefined);
  });
  server.bind({ address, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (thrown) {
    server.close();
    throw thrown;
  }
  server.on('error', () => undefined);
  return {
    targetPort,
    close: async () => {
      closed = true;
      for (const key of [...clients.keys()]) drop(key);
      const gone = once(server, 'close');
      server.close();
      await gone;
    },
  };
}
