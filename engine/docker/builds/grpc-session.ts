import { request } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import { EngineError } from '../../base/engine-error.ts';
import type { Scope } from '../../base/scope.ts';
import { explainDockerError } from '../docker-error.ts';

/** gRPC's status codes that are told apart here. Source: grpc/grpc, doc/statuscodes.md. */
const ok = 0;
const notFound = 5;

/** Compressed or not, and the length. Source: grpc/grpc, doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message". */
const prefixBytes = 5;

/** A build's record is some kB; what claims to be larger than this is not from BuildKit. */
const maxMessageBytes = 16 * 1024 ** 2;

/** dockerode does not declare it. */
const Modem = z.object({ socketPath: z.string() });

const Headers = z.object({ 'grpc-status': z.coerce.number(), 'grpc-message': z.string().default('') });

/**
 * gRPC over dockerd's socket, where BuildKit listens behind `POST /grpc` (moby: api/server/router/grpc). HTTP/2 by hand,
 * since @grpc/grpc-js dials for itself and takes no connection that was upgraded.
 */
export class GrpcSession {
  readonly #session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
  }

  /** Closes with `scope`. Throws `docker_failed` where dockerd has no BuildKit, `docker_unreachable`. */
  static async open(docker: Dockerode, scope: Scope): Promise<GrpcSession> {
    const socket = await upgrade(docker, scope.signal);
    scope.defer(() => void socket.destroy());
    const session = connect('http://docker', { createConnection: () => socket });
    scope.defer(() => session.destroy());
    // Whatever breaks the session breaks its calls, and they tell.
    session.on('error', () => undefined);
    return new GrpcSession(session);
  }

  /** One message there, any number back, until the call ends or `signal` aborts. Throws `unknown_build`, `docker_failed`. */
  async *call(
    method: string,
    message: Uint8Array,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer, void, undefined> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': `/moby.buildkit.v1.Control/${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const stop = (): void => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', stop, { once: true });
    let status: z.infer<typeof Headers> | undefined;
    const readStatus = (headers: object): void => {
      status = Headers.safeParse(headers).data ?? status;
    };
    // A call that fails at once has its status in the headers.
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    try {
      signal.throwIfAborted();
      stream.end(framed(message));
      yield* messages(stream);
      signal.throwIfAborted();
      if (status?.['grpc-status'] !== ok) throw refusal(method, status);
    } catch (thrown) {
      signal.throwIfAborted();
      throw explainDockerError(thrown, 'BuildKit does not answer');
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

async function* messages(stream: ClientHttp2Stream): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= prefixBytes) {
      const length = rest.readUInt32BE(1);
      if (length > maxMessageBytes)
        throw refusal('a message', { 'grpc-status': -1, 'grpc-message': 'too long' });
      if (rest.length < prefixBytes + length) break;
      yield rest.subarray(prefixBytes, prefixBytes + length);
      rest = rest.subarray(prefixBytes + length);
    }
  }
}

function refusal(what: string, status: z.infer<typeof Headers> | undefined): EngineError {
  // Written as in a URL (doc/PROTOCOL-HTTP2.md, "Percent-Encoded").
  const words = status ? decodeSafely(status['grpc-message']) : 'the connection broke off';
  return new EngineError({
    code: status?.['grpc-status'] === notFound ? 'unknown_build' : 'docker_failed',
    message: `BuildKit refused ${what}: ${words || `status ${status?.['grpc-status']}`}.`,
  });
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** dockerode's own hijacking sends a chunked body, whose end could come after dockerd has changed to HTTP/2. */
async function upgrade(docker: Dockerode, signal: AbortSignal): Promise<Duplex> {
  const { socketPath } = Modem.parse(docker.modem);
  const headers = { Connection: 'Upgrade', Upgrade: 'h2c', 'Content-Length': '0' };
  const asking = request({ socketPath, path: '/grpc', method: 'POST', headers, signal });
  try {
    return await new Promise<Duplex>((resolve, reject) => {
      asking.once('upgrade', (_answer, socket, head) => {
        socket.unshift(head);
        resolve(socket);
      });
      asking.once('response', (answer) => {
        answer.resume();
        reject(
          new EngineError({
            code: 'docker_failed',
            message: `This Docker tells nothing of its builds: it answers ${answer.statusCode} to /grpc.`,
          }),
        );
      });
      asking.once('error', reject);
      asking.end();
    });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainDockerError(thrown, 'BuildKit does not answer');
  }
}
