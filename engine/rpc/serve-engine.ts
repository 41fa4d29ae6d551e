import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { LocalStreamPath, rpcPath } from '../../contract/streams.ts';
import { TerminalSize } from '../../contract/terminal.ts';
import type { EngineApi } from '../api.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { WebSocketRawStream } from './raw-stream.ts';
import { createRouter } from './router.ts';

/** The largest message a client may send: keystrokes, pasted text, pieces of standard input. */
const maxMessageBytes = 4 * 1024 * 1024;

/** A client that leaves this much unread is cut off; it comes back and starts from a fresh snapshot. */
const maxUnreadBytes = 32 * 1024 * 1024;

/** WebSocket close codes, RFC 6455 section 7.4.1. */
const goingAwayCode = 1001;
const serverErrorCode = 1011;

export interface ServeEngineOptions {
  readonly socketPath: string;
  readonly api: EngineApi;
  readonly log: Log;
  readonly scope: Scope;
  /** Called when a client has asked the engine to quit and it has stopped everything. */
  readonly onQuit?: () => void;
}

export interface EngineServer {
  /** Connections open now. */
  readonly clientCount: number;
}

/**
 * Serves the engine on a Unix socket which its owner alone can open (0600). The caller holds the engine lock, so a
 * socket found at `socketPath` is a dead engine's. Closing `scope` ends every connection and removes the socket.
 */
export async function serveEngine(options: ServeEngineOptions): Promise<EngineServer> {
  const { socketPath, api, log, scope } = options;
  const rpc = new RPCHandler(createRouter({ api, log, onQuit: options.onQuit ?? (() => undefined) }));
  const http = createServer((_request, response) => {
    response.writeHead(426, { connection: 'close' }).end('This socket speaks WebSocket only.\n');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });

  http.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on('error', () => connection.destroy());
    const path = request.url ?? '';
    if (!LocalStreamPath.safeParse(path).success) {
      connection.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', (error) => log.debug({ err: error, path }, 'client connection failed'));
      if (path === rpcPath) void rpc.upgrade(bounded(socket));
      else attach(api, path, socket);
    });
  });

  scope.defer(async () => {
    for (const socket of sockets.clients) socket.close(goingAwayCode, 'the engine ends');
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    // A client that does not answer the close frame must not hold the engine.
    const cut = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
    }, 1_000);
    await closed;
    clearTimeout(cut);
  });
  rmSync(socketPath, { force: true });
  await listenPrivately(http, socketPath);
  return {
    get clientCount() {
      return sockets.clients.size;
    },
  };
}

/** Node makes the socket inside `listen`, synchronously; the umask gives it mode 0600 from its first moment on. */
function listenPrivately(http: ReturnType<typeof createServer>, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => {
      reject(
        new EngineError({
          code: 'home_unusable',
          message: `Cannot listen on "${socketPath}": ${error.message}.`,
          hint: 'Set FOREDECK_HOME to a folder of your own on a local disk.',
          cause: error,
        }),
      );
    });
    const before = process.umask(0o177);
    try {
      http.listen(socketPath, resolve);
    } finally {
      process.umask(before);
    }
  });
}

function attach(api: EngineApi, path: string, socket: WebSocket): void {
  const [, kind, id = '', size] = path.split('/');
  const stream = new WebSocketRawStream(socket);
  try {
    if (kind === 'terminal') api.attachTerminal(id, stream);
    else if (kind === 'host-shell') api.attachHostShell(id, size === undefined ? null : sizeOf(size), stream);
    else if (kind === 'download') api.containers.attachDownload(id, stream);
    else api.attachExec(id, stream);
  } catch (thrown) {
    stream.close(serverErrorCode, toEngineError(thrown).message);
  }
}

/** `80x24`; throws for a size that no terminal has. */
function sizeOf(text: string): TerminalSize {
  const [cols, rows] = text.split('x').map(Number);
  return TerminalSize.parse({ cols, rows });
}

/** The part of a WebSocket that oRPC uses, with a bound on what an absent-minded client may leave unread. */
function bounded(socket: WebSocket): Pick<WebSocket, 'addEventListener' | 'send'> {
  const send = (...message: Parameters<WebSocket['send']>): void => {
    if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
    else socket.send(...message);
  };
  return { addEventListener: socket.addEventListener.bind(socket), send: send as WebSocket['send'] };
}
