import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';

/** Opens a stream to dockerd. */
export type ConnectDocker = () => Promise<Duplex>;

/**
 * The guest's Docker socket on the host: each connection becomes a stream of its own to dockerd, with both halves
 * ending on their own (`echo hi | docker run -i` needs that) and each side held back by the other.
 */
export class DockerSocket {
  readonly path: string;
  readonly #server: Server;
  readonly #clients: Set<Socket>;
  readonly #inode: number;

  private constructor(path: string, server: Server, clients: Set<Socket>, inode: number) {
    this.path = path;
    this.#server = server;
    this.#clients = clients;
    this.#inode = inode;
  }

  /** Throws `port_taken` when another program answers at `path`; what nobody answers is replaced. */
  static async open(options: { path: string; connect: ConnectDocker; log: Log }): Promise<DockerSocket> {
    const { path, connect: connectDocker, log } = options;
    if (await answers(path)) {
      throw new EngineError({
        code: 'port_taken',
        message: `Another program listens on ${path}.`,
        hint: 'Stop that program, or choose another FOREDECK_HOME.',
      });
    }
    const clients = new Set<Socket>();
    // Paused until the guest's side is open, so that nothing sent meanwhile is lost.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      clients.add(client);
      client.once('close', () => clients.delete(client));
      // A client that breaks off is its own affair; 'close' follows and ends the guest's side.
      client.on('error', (error) => log.debug({ error }, 'a Docker client broke off'));
      void serve(client, connectDocker, log);
    });
    const inode = await listenPrivately(server, path);
    return new DockerSocket(path, server, clients, inode);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const stat = await lstat(this.path).catch(() => undefined);
    if (stat?.ino === this.#inode) await rm(this.path, { force: true });
  }
}

/**
 * Listens at `path`, readable by its owner only from the first instant: bound inside a folder nobody else may enter,
 * and moved into place when its mode is right. Answers with its inode.
 */
async function listenPrivately(server: Server, path: string): Promise<number> {
  // As long as `docker.sock` with its one-letter name, so that it fits wherever that fits.
  const folder = await mkdtemp(join(dirname(path), '.s-'));
  try {
    const hidden = join(folder, 's');
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(hidden, resolve);
    });
    await chmod(hidden, 0o600);
    const { ino } = await lstat(hidden);
    await rename(hidden, path);
    return ino;
  } catch (thrown) {
    server.close();
    throw new EngineError({
      code: 'home_unusable',
      message: `Cannot make the Docker socket ${path}: ${thrown instanceof Error ? thrown.message : thrown}.`,
      hint: 'Check that FOREDECK_HOME can be written to.',
      cause: thrown,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a program accepts connections at `path`. */
async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const code = errnoOf(error);
      if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK') resolve(false);
      else reject(error);
    });
  });
}

async function serve(client: Socket, connectDocker: ConnectDocker, log: Log): Promise<void> {
  try {
    const guest = await connectDocker();
    if (client.destroyed) guest.destroy();
    else joinStreams(client, guest);
  } catch (thrown) {
    log.debug({ error: thrown }, 'no way to dockerd');
    client.destroy();
  }
}

/** `pipe` carries data, backpressure and the end of each half; what is left is how either side's failure ends both. */
function joinStreams(client: Socket, guest: Duplex): void {
  client.pipe(guest);
  guest.pipe(client);
  client.once('close', () => guest.destroy());
  guest.once('error', () => client.destroy());
  // When dockerd is gone for good, what it sent last still reaches the client.
  guest.once('close', () => client.destroySoon());
}
