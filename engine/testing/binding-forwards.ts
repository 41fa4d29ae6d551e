import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { PortForward, PortForwards } from '../vm/ports.ts';

/** Binds real ports of this machine, as QEMU would; what comes to one leads nowhere. */
export class BindingForwards implements PortForwards {
  readonly #held = new Map<PortForward, () => Promise<void>>();
  /** How often it was asked what there is. */
  lists = 0;

  async list(): Promise<PortForward[]> {
    this.lists += 1;
    return [...this.#held.keys()];
  }

  async add(forward: PortForward): Promise<void> {
    try {
      const { port, close } = forward.protocol === 'tcp' ? await listen(forward) : await bind(forward);
      this.#held.set({ ...forward, hostPort: port }, close);
    } catch (cause) {
      const errno = errnoOf(cause) ?? '';
      throw new EngineError({ code: 'port_taken', message: 'refused', details: { errno }, cause });
    }
  }

  async remove({ protocol, hostAddress, hostPort }: PortForward): Promise<void> {
    for (const [held, close] of this.#held) {
      if (held.protocol !== protocol || held.hostAddress !== hostAddress || held.hostPort !== hostPort)
        continue;
      this.#held.delete(held);
      await close();
    }
  }

  /** What is held, as `tcp 127.0.0.1:8080 -> 8080`, sorted. */
  get texts(): string[] {
    return [...this.#held.keys()]
      .map(
        ({ protocol, hostAddress, hostPort, guestPort }) =>
          `${protocol} ${hostAddress}:${hostPort} -> ${guestPort}`,
      )
      .sort();
  }

  /** All of it at once, as when QEMU ends. */
  async close(): Promise<void> {
    for (const held of [...this.#held.keys()]) await this.remove(held);
  }
}

async function listen({ hostAddress: host, hostPort: port }: PortForward) {
  const server = createServer((socket) => socket.end());
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function bind({ hostAddress: address, hostPort: port }: PortForward) {
  const socket = createSocket({ type: 'udp4', reuseAddr: false });
  socket.bind({ address, port, exclusive: true });
  await once(socket, 'listening').catch((thrown: unknown) => {
    socket.close();
    throw thrown;
  });
  return {
    port: socket.address().port,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}
