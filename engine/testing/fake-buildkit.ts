import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type BuildkitMessage, encodeMessage } from '../docker/builds/buildkit-messages.ts';

type Call = ServerWritableStream<Buffer, Buffer>;

/** BuildKit's side of `POST /grpc`: as much of its control API as is used, by gRPC's own server. */
export class FakeBuildkit {
  /** Called with the request's bytes; it writes with `send`, and ends the call. */
  onListen: (call: Call, request: Buffer) => void = (call) => call.end();
  onStatus: (call: Call, request: Buffer) => void = (call) => call.end();
  /** Bytes of requests to change the history. */
  readonly updates: Buffer[] = [];
  /** Calls under way. */
  calls = 0;
  readonly #server = new Server();
  readonly #injector;
  readonly #sockets = new Set<Duplex>();

  constructor() {
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#server.addService(service, {
      ListenBuildHistory: (call: Call) => this.#serve(call, this.onListen),
      Status: (call: Call) => this.#serve(call, this.onStatus),
      UpdateBuildHistory: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        this.updates.push(call.request);
        answer(null, Buffer.alloc(0));
      },
    });
  }

  send(call: Call, message: BuildkitMessage, value: Record<string, unknown>): void {
    call.write(Buffer.from(encodeMessage(message, value)));
  }

  refuse(call: Call, details: string): void {
    call.emit('error', { code: status.NOT_FOUND, details });
  }

  /** For a `node:http` server's `upgrade`. */
  upgrade(request: IncomingMessage, socket: Duplex): void {
    if (request.url !== '/grpc' || request.headers.upgrade !== 'h2c') {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Connections of `node:http` stay half open otherwise; Go's end with either half.
    socket.once('end', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    this.#injector.injectConnection(socket);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  close(): void {
    this.#injector.destroy();
    this.#server.forceShutdown();
  }

  #serve(call: Call, answer: (call: Call, request: Buffer) => void): void {
    this.calls += 1;
    let over = false;
    const leave = (): void => {
      if (!over) this.calls -= 1;
      over = true;
    };
    call.once('cancelled', leave);
    call.once('finish', leave);
    answer(call, call.request);
  }
}

const raw = (bytes: Buffer): Buffer => bytes;
const method = (name: string, responseStream: boolean) => ({
  path: `/moby.buildkit.v1.Control/${name}`,
  requestStream: false,
  responseStream,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
});

const service: ServiceDefinition = {
  ListenBuildHistory: method('ListenBuildHistory', true),
  Status: method('Status', true),
  UpdateBuildHistory: method('UpdateBuildHistory', false),
};
