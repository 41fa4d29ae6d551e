import type { RawData, WebSocket } from 'ws';
import type { RawStream } from '../api.ts';

/**
 * A WebSocket as a RawStream. Nothing is read before there is a listener, and nothing further while a promise that
 * the listener returned is pending, so a slow consumer slows its peer down rather than fill memory.
 */
export class WebSocketRawStream implements RawStream {
  readonly #socket: WebSocket;
  readonly #waiting: (Uint8Array | string)[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #listener: ((message: Uint8Array | string) => void | Promise<void>) | undefined;
  #delivering = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.pause();
    socket.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      this.#waiting.push(isBinary ? bytes : bytes.toString('utf8'));
      void this.#deliver();
    });
    socket.on('close', () => {
      for (const listener of this.#closeListeners) listener();
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array | string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(message, { binary: typeof message !== 'string' });
  }

  onMessage(listener: (message: Uint8Array | string) => void | Promise<void>): void {
    this.#listener = listener;
    this.#socket.resume();
    void this.#deliver();
  }

  onClose(listener: () => void): void {
    if (this.#socket.readyState === this.#socket.CLOSED) listener();
    else this.#closeListeners.push(listener);
  }

  close(code = 1000, reason = ''): void {
    // A close frame may wait behind a pause; the peer's answer to it must be read.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  async #deliver(): Promise<void> {
    if (this.#delivering || !this.#listener) return;
    this.#delivering = true;
    try {
      for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
        const consumed = this.#listener(message);
        if (!consumed) continue;
        this.#socket.pause();
        await consumed;
        this.#socket.resume();
      }
    } catch {
      this.#socket.terminate();
    } finally {
      this.#delivering = false;
    }
  }
}

/** What `ws` hands over, as one Buffer; it gives arrays only when asked to. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
