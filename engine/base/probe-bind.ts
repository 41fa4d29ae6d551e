import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { errnoOf } from './engine-error.ts';

export interface BindProbe {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  /** 0: one which the kernel picks. */
  readonly port: number;
}

/** What came of it: the port that could be had, or the system's error name such as `EADDRINUSE`. */
export type BindOutcome = { readonly port: number } | { readonly errno: string };

/** Listens where a program wants to and lets go at once, to learn whether and why not. Never rejects. */
export function probeBind(probe: BindProbe): Promise<BindOutcome> {
  return probe.protocol === 'tcp' ? probeTcp(probe) : probeUdp(probe);
}

function probeTcp({ address, port }: BindProbe): Promise<BindOutcome> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (thrown) => resolve({ errno: errnoOf(thrown) ?? 'EIO' }));
    server.listen({ host: address, port, exclusive: true, ipv6Only: isIPv6(address) }, () => {
      const bound = server.address();
      server.close(() => resolve({ port: typeof bound === 'object' && bound ? bound.port : port }));
    });
  });
}

function probeUdp({ address, port }: BindProbe): Promise<BindOutcome> {
  return new Promise((resolve) => {
    const type = isIPv6(address) ? 'udp6' : 'udp4';
    const socket = createSocket({ type, reuseAddr: false, ipv6Only: type === 'udp6' });
    socket.once('error', (thrown) => {
      socket.close();
      resolve({ errno: errnoOf(thrown) ?? 'EIO' });
    });
    socket.bind({ address, port, exclusive: true }, () => {
      const bound = socket.address();
      socket.close(() => resolve({ port: bound.port }));
    });
  });
}
