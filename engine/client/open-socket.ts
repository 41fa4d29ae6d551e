import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { WebSocketRawStream } from '../rpc/raw-stream.ts';

/** Nothing local takes longer to accept a connection, unless it hangs. */
const handshakeTimeoutMs = 10_000;

/**
 * Opens a WebSocket at `path` (contract/streams.ts) on the engine's Unix socket. Rejects with the system's error when
 * nobody listens, or with `Unexpected server response` when the engine knows no such path.
 */
export function openSocket(socketPath: string, path: string): Promise<WebSocket> {
  return openAs(socketPath, path, (socket) => socket);
}

/** The same as a raw stream, which keeps what the engine sends first until somebody listens. */
export function openRawStream(socketPath: string, path: string): Promise<WebSocketRawStream> {
  return openAs(socketPath, path, (socket) => new WebSocketRawStream(socket));
}

function openAs<T>(socketPath: string, path: string, wrap: (socket: WebSocket) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    // Not a `ws+unix:` URL: those cannot name a socket whose path has a colon.
    const socket = new WebSocket(`ws://engine${path}`, {
      createConnection: () => connect(socketPath),
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
    });
    socket.once('open', () => {
      socket.off('error', reject);
      // An established connection that fails is told by its 'close'.
      socket.on('error', () => undefined);
      resolve(wrap(socket));
    });
    socket.once('error', reject);
  });
}
