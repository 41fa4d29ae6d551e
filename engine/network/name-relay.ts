import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { errnoOf } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { Scope } from '../base/scope.ts';
import {
  type Answer,
  isHostName,
  type Question,
  readQuestion,
  recordTypes,
  responseCodes,
  writeAnswer,
} from './dns-message.ts';
import { forwardQuestion, nameservers } from './forward-question.ts';
import { hostInGuest, hostNames } from './host-in-guest.ts';

/** A changed network is followed after this long at most; resolvers in containers may keep an answer so long. */
const ttlSeconds = 5;

/** The longest answer by UDP which everybody takes (RFC 1035, 2.3.4). */
const longestUdpBytes = 512;
const longestTcpBytes = 65_535;

/** A connection which asks nothing; RFC 7766 (6.2.3) wants some seconds. */
const idleTimeoutMs = 10_000;

/** Beyond this questions are not taken, as a busy name server would; a lost one is asked again. */
const mostAtOnce = 256;

export interface RelayPorts {
  readonly udp: number;
  readonly tcp: number;
}

export interface NameRelayOptions {
  readonly log: Log;
  /** Addresses of a name, as the host's own programs get them. */
  readonly lookUp?: (name: string, family: 4 | 6) => Promise<readonly string[]>;
  /** A raw question to whom the host asks; null when nobody answers. */
  readonly forward?: (message: Buffer) => Promise<Buffer | null>;
}

/**
 * A name server on the host's loopback for guests. Addresses come out of getaddrinfo, so that guests get what the host's
 * own programs get, whatever decides that: /etc/hosts, mDNS, a VPN's name servers for some domains, all as they are at the
 * moment. Other kinds of records are asked of the host's name servers. Names of the host itself are answered here.
 */
export class NameRelay {
  readonly #options: NameRelayOptions;
  readonly #scope = new Scope('name relay');
  readonly #lookups = new Map<string, Promise<Found>>();
  #opening: Promise<RelayPorts> | undefined;
  #asked = 0;

  constructor(options: NameRelayOptions) {
    this.#options = options;
  }

  /** Listens from the first call on. */
  ports(): Promise<RelayPorts> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async close(): Promise<void> {
    await this.#scope.close();
  }

  async #open(): Promise<RelayPorts> {
    const udp = createSocket('udp4');
    this.#scope.defer(() => new Promise((resolve) => udp.close(resolve)));
    udp.on('error', (error) => this.#options.log.warn({ err: error }, 'the name relay lost a datagram'));
    udp.on('message', (message, peer) => void this.#answerDatagram(udp, message, peer));
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const sockets = new Set<Socket>();
    const tcp = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      this.#serve(socket);
    });
    this.#scope.defer(() => closeServer(tcp, sockets));
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    return { udp: udp.address().port, tcp: portOf(tcp) };
  }

  async #answerDatagram(
    udp: UdpSocket,
    message: Buffer,
    peer: { address: string; port: number },
  ): Promise<void> {
    const answer = await this.#answer(message, longestUdpBytes);
    if (answer && !this.#scope.closed) udp.send(answer, peer.port, peer.address, () => undefined);
  }

  /** Messages with their length before them (RFC 1035, 4.2.2). */
  #serve(socket: Socket): void {
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        received = received.subarray(end);
        void this.#answer(message, longestTcpBytes).then((answer) => {
          if (!answer || socket.destroyed) return;
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length);
          socket.write(Buffer.concat([length, answer]));
        });
      }
    });
  }

  /** Null: nothing is answered. */
  async #answer(message: Buffer, longestBytes: number): Promise<Buffer | null> {
    const question = readQuestion(message);
    if (!question || this.#asked >= mostAtOnce) return null;
    this.#asked += 1;
    try {
      const answer = await this.#find(question);
      if (answer) return writeAnswer(message, question, answer, longestBytes);
      const forwarded = await (this.#options.forward ?? askHostServers)(message);
      return forwarded ?? writeAnswer(message, question, failed, longestBytes);
    } finally {
      this.#asked -= 1;
    }
  }

  /** Null for what getaddrinfo cannot answer. */
  async #find({ name, type, internet }: Question): Promise<Answer | null> {
    const family = type === recordTypes.a ? 4 : type === recordTypes.aaaa ? 6 : null;
    if (!internet) return null;
    if (hostNames.includes(name)) return found(family === 4 ? [hostInGuest] : []);
    if (family === null || !isHostName(name)) return null;
    const own = await this.#lookUp(name, family);
    if (own.state !== 'absent') return own.state === 'found' ? found(own.addresses) : failed;
    // A name with addresses of the other kind exists; to call it unknown would keep resolvers from asking for those.
    const other = await this.#lookUp(name, family === 4 ? 6 : 4);
    if (other.state === 'failed') return failed;
    return other.state === 'found' ? found([]) : { ...found([]), code: responseCodes.noSuchName };
  }

  /** A question that is being asked is not asked twice: programs ask for both kinds at once. */
  #lookUp(name: string, family: 4 | 6): Promise<Found> {
    const key = `${family} ${name}`;
    const running = this.#lookups.get(key);
    if (running) return running;
    const lookUp = this.#options.lookUp ?? addressesOf;
    const started = lookUp(name, family)
      .then(
        (addresses): Found => (addresses.length > 0 ? { state: 'found', addresses } : { state: 'absent' }),
        (thrown: unknown): Found => ({ state: errnoOf(thrown) === 'ENOTFOUND' ? 'absent' : 'failed' }),
      )
      .finally(() => this.#lookups.delete(key));
    this.#lookups.set(key, started);
    return started;
  }
}

type Found = { state: 'found'; addresses: readonly string[] } | { state: 'absent' | 'failed' };

function found(addresses: readonly string[]): Answer {
  return { code: responseCodes.none, addresses, ttlSeconds };
}

const failed: Answer = { code: responseCodes.serverFailure, addresses: [], ttlSeconds: 0 };

async function addressesOf(name: string, family: 4 | 6): Promise<string[]> {
  const all = await lookup(name, { family, all: true, order: 'verbatim' });
  return all.map(({ address }) => address);
}

async function askHostServers(message: Buffer): Promise<Buffer | null> {
  return await forwardQuestion(message, await nameservers());
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address) return address.port;
  throw new Error('the name relay does not listen');
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
