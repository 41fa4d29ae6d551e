import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  keyRefusedCode,
  SessionRequest,
  StreamHello,
  StreamPath,
  type StreamReady,
  sessionPath,
} from '../contract/streams.ts';
import { EngineError, errnoOf, toEngineError } from '../engine/base/engine-error.ts';
import type { Log } from '../engine/base/log.ts';
import type { Scope } from '../engine/base/scope.ts';
import { readPageFile } from '../engine/client/page-files.ts';
import { bytesOf, WebSocketRawStream } from '../engine/rpc/raw-stream.ts';
import { relay } from './relay.ts';
import { Sessions } from './sessions.ts';

/** Loopback only: a remote person comes through SSH, which knows who they are. */
const address = '127.0.0.1';

/** As the engine's own bound; see engine/rpc/serve-engine.ts. */
const maxMessageBytes = 4 * 1024 * 1024;

/** `{"token":"…"}` with room to spare. */
const maxSessionRequestBytes = 1_024;

/** Who connects and says nothing is cut off. */
const helloTimeoutMs = 5_000;

/** WebSocket close codes, RFC 6455 section 7.4.1 and IANA's registry. */
const goingAwayCode = 1001;
const tryAgainLaterCode = 1013;

export interface ServeHostOptions {
  /** 0: any free one. */
  readonly port: number;
  /** The built page. */
  readonly pageFolder: string;
  /** Opens the same path on the engine. */
  readonly openStream: (path: string) => Promise<WebSocketRawStream>;
  readonly log: Log;
  readonly scope: Scope;
}

export interface HostServer {
  readonly port: number;
  /** An address to open once: its token is exchanged for the tab's key. */
  newUrl(): string;
}

/**
 * Browser mode: serves the page on loopback and relays its streams to the engine. Requests must name this host (a
 * name that was rebound to 127.0.0.1 does not), whoever acts must come from this very page, and each stream shows a
 * key. Throws `port_taken`. Closing `scope` ends every connection.
 */
export async function serveHost(options: ServeHostOptions): Promise<HostServer> {
  const { pageFolder, openStream, log, scope } = options;
  const sessions = new Sessions();
  const http = createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  scope.defer(async () => {
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    for (const socket of sockets.clients) socket.close(goingAwayCode, 'browser mode ends');
    http.closeAllConnections();
    // A tab that does not answer the close frame must not hold the program.
    const cut = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, 1_000);
    await closed;
    clearTimeout(cut);
  });
  const port = await listen(http, options.port);
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  http.on('request', (request, response) => {
    answer({ request, response, hosts, sessions, pageFolder }).catch((thrown) => {
      log.error({ err: thrown, path: request.url }, 'request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  http.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on('error', () => connection.destroy());
    const path = request.url ?? '';
    if (!fromOwnPage(request, hosts)) return refuseUpgrade(connection, '403 Forbidden');
    if (!StreamPath.safeParse(path).success) return refuseUpgrade(connection, '404 Not Found');
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', (error) => log.debug({ err: error, path }, 'page connection failed'));
      greet(socket, path, { sessions, openStream });
    });
  });
  return { port, newUrl: () => `http://${address}:${port}/#token=${sessions.issueToken()}` };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly hosts: ReadonlySet<string>;
  readonly sessions: Sessions;
  readonly pageFolder: string;
}

async function answer({ request, response, hosts, sessions, pageFolder }: Exchange): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const refuse = (status: number, why: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
  };
  if (!hosts.has(request.headers.host ?? '')) return refuse(421, 'This is not the host that was asked for.');
  if (request.url === sessionPath) {
    if (request.method !== 'POST') return refuse(405, 'Only POST is answered here.');
    if (!fromOwnPage(request, hosts)) return refuse(403, 'Only the page itself may do this.');
    const body = SessionRequest.safeParse(await readJson(request));
    if (!body.success) return refuse(400, 'Not a session request.');
    const outcome = sessions.exchange(body.data.token);
    if (outcome === 'refused') return refuse(401, 'This token has been used or was never given out.');
    if (outcome === 'wait') return refuse(429, 'Too many wrong tokens; wait a minute.');
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(outcome));
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered here.');
  const file = await readPageFile(pageFolder, (request.url ?? '/').replace(/^\/(?=$|[?#])/, '/index.html'));
  if (!file) return refuse(404, 'There is no such file.');
  response.writeHead(200, {
    'content-type': file.contentType,
    'content-length': file.body.length,
    'cache-control': file.immutable ? 'max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

/**
 * Scripts from the page's own files only. Styles may be inline because xterm.js and the toasts write style elements
 * of their own.
 */
const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Browsers always send Origin with what acts (POST, WebSocket); whoever leaves it out is no page of ours. */
function fromOwnPage(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const host = request.headers.host ?? '';
  return hosts.has(host) && request.headers.origin === `http://${host}`;
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

/** The first message must show a key; then the engine's stream of the same path is joined to it. */
function greet(
  socket: WebSocket,
  path: string,
  { sessions, openStream }: { sessions: Sessions; openStream: ServeHostOptions['openStream'] },
): void {
  const silence = setTimeout(() => socket.close(keyRefusedCode, 'no key within 5 s'), helloTimeoutMs);
  socket.once('close', () => clearTimeout(silence));
  socket.once('message', (data, isBinary) => {
    clearTimeout(silence);
    const stream = new WebSocketRawStream(socket);
    const hello = isBinary ? undefined : StreamHello.safeParse(parsed(bytesOf(data).toString('utf8'))).data;
    if (!hello || !sessions.accepts(hello.key)) {
      stream.close(keyRefusedCode, 'open a fresh address: "foredeck serve" prints one');
      return;
    }
    openStream(path).then(
      (engine) => {
        const ready: typeof StreamReady._output = { type: 'ready' };
        stream.send(JSON.stringify(ready));
        relay(stream, engine);
      },
      (thrown) => stream.close(tryAgainLaterCode, toEngineError(thrown).message),
    );
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxSessionRequestBytes) return undefined;
    chunks.push(chunk);
  }
  return parsed(Buffer.concat(chunks).toString('utf8'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => {
      reject(
        errnoOf(error) === 'EADDRINUSE'
          ? new EngineError({
              code: 'port_taken',
              message: `Cannot serve on ${address}: port ${port} is in use.`,
              hint: 'Choose another with --port, or leave it out for a free one.',
            })
          : error,
      );
    });
    http.listen(port, address, () => resolve((http.address() as AddressInfo).port));
  });
}
