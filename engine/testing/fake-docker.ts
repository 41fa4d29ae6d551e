import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface FakeContainer {
  id: string;
  name: string;
  state: string;
  exitCode: number;
  /** As `NetworkSettings.Ports` has them. */
  ports: Record<string, { HostIp: string; HostPort: string }[]>;
  labels: Readonly<Record<string, string>>;
}

/** A request that a test answers itself. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed where it was JSON, otherwise the bytes. */
  readonly body: unknown;
}

/** Undefined: answered as usual. A body that is neither text, bytes nor a stream is sent as JSON. */
export type FakeAnswer = (request: FakeRequest) => Answer | undefined | Promise<Answer | undefined>;

interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/** As much of Docker's API as the watcher speaks, over a real Unix socket. Source: Docker Engine API 1.45. */
export class FakeDocker {
  readonly containers = new Map<string, FakeContainer>();
  /** Called when a list has been asked for, before it is answered. */
  onList: (() => void) | undefined;
  /** When set, answers about single containers wait for it, and tell what was true before. */
  holdInspect: Promise<void> | undefined;
  /** Asked first about every request but events and pings. */
  answer: FakeAnswer | undefined;
  /** Takes a connection over, as `exec` and `attach` ask for. */
  takeOver: ((path: string, connection: Duplex) => void) | undefined;
  /** Everything that was asked but events and pings, `POST /images/create?…`, in order. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #eventStreams = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, connection: Duplex) => {
      this.requests.push(`${request.method} ${request.url}`);
      connection.on('error', () => undefined);
      connection.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
      if (this.takeOver) this.takeOver(request.url ?? '/', connection);
      else connection.destroy();
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(path: string): Promise<FakeDocker> {
    const docker = new FakeDocker();
    await new Promise<void>((resolve) => docker.#server.listen(path, resolve));
    return docker;
  }

  get watchers(): number {
    return this.#eventStreams.size;
  }

  add(container: Partial<FakeContainer> & { id: string }): FakeContainer {
    const made = { name: container.id, state: 'running', exitCode: 0, ports: {}, labels: {}, ...container };
    this.containers.set(made.id, made);
    return made;
  }

  emit(Action: string, container: FakeContainer, attributes: Record<string, string> = {}): void {
    const Attributes = { name: container.name, image: 'demo', ...container.labels, ...attributes };
    this.#tell({ Type: 'container', Action, Actor: { ID: container.id, Attributes } });
  }

  emitImage(Action: string, id: string): void {
    this.#tell({ Type: 'image', Action, Actor: { ID: id, Attributes: { name: id } } });
  }

  /** An event of another kind, or with a time of its own (`timeNano`). */
  emitEvent(facts: { Type: string; Action: string; Actor: object; timeNano?: number }): void {
    this.#tell(facts);
  }

  #tell(facts: object): void {
    const event = { timeNano: Date.now() * 1_000_000, ...facts };
    for (const stream of this.#eventStreams) stream.write(`${JSON.stringify(event)}\n`);
  }

  /** dockerd dies: every connection breaks, the socket goes. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://docker');
    if (url.pathname !== '/events' && url.pathname !== '/_ping') {
      this.requests.push(`${request.method} ${request.url}`);
      const asked = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams };
      const answer = await this.answer?.({ ...asked, body: await bodyOf(request) });
      if (answer) {
        const { status, headers, body } = answer;
        for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
        if (body instanceof Readable) {
          response.writeHead(status);
          response.flushHeaders();
          pipeline(body, response, () => undefined);
        } else if (typeof body === 'string' || Buffer.isBuffer(body)) response.writeHead(status).end(body);
        else if (body === undefined) response.writeHead(status).end();
        else sendJson(response, body, status);
        return;
      }
    }
    this.#answer(url, response);
  }

  #answer(url: URL, response: ServerResponse): void {
    const inspected = /^\/containers\/(?<id>[^/]+)\/json$/.exec(url.pathname)?.groups?.id;
    if (url.pathname === '/events') {
      this.#eventStreams.add(response);
      response.once('close', () => this.#eventStreams.delete(response));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    } else if (url.pathname === '/_ping') response.end('OK');
    else if (url.pathname === '/version') sendJson(response, { Version: '26.1.5', ApiVersion: '1.45' });
    else if (url.pathname === '/containers/json') {
      // What is listed is what there was; whatever `onList` does happens behind it.
      const listed = this.#list(url.searchParams.get('filters'));
      this.onList?.();
      sendJson(response, listed);
    } else if (inspected !== undefined) this.#inspect(inspected, response);
    else sendJson(response, { message: 'page not found' }, 404);
  }

  #list(filters: string | null): unknown[] {
    const { id: only } = JSON.parse(filters ?? '{}');
    return [...this.containers.values()]
      .filter(({ id }) => !only || only.includes(id))
      .map(({ id, name, state, labels }) => ({
        Id: id,
        Names: [`/${name}`],
        Image: 'demo',
        Command: 'sleep 1000',
        State: state,
        Labels: labels,
        Ports: [],
        Status: state === 'running' ? 'Up 3 minutes' : `Docker says ${state}`,
      }));
  }

  #inspect(id: string, response: ServerResponse): void {
    const container = this.containers.get(id);
    if (!container) {
      sendJson(response, { message: `No such container: ${id}` }, 404);
      return;
    }
    const running = container.state === 'running';
    const answer = {
      Id: id,
      Name: `/${container.name}`,
      Created: '2026-01-02T03:04:05.678901234Z',
      Config: { Image: 'demo', Labels: container.labels },
      State: {
        Status: container.state,
        Running: running,
        ExitCode: container.exitCode,
        StartedAt: container.state === 'created' ? '0001-01-01T00:00:00Z' : '2026-01-02T03:04:06Z',
      },
      NetworkSettings: { Ports: running ? container.ports : {} },
    };
    void Promise.resolve(this.holdInspect).then(() => sendJson(response, answer));
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const bytes = await buffer(request);
  return request.headers['content-type'] === 'application/json' && bytes.length > 0
    ? JSON.parse(bytes.toString('utf8'))
    : bytes;
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
