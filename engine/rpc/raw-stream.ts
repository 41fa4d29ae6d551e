import type { RawData, WebSocket } from 'ws';
import type { RawStream } from '../api.ts';

/** How often a peer that is kept waiting is checked to be there: a paused socket does not notice that it has gone. */
const peerCheckIntervalMs = 1_000;

/**
 * A WebSocket as a RawStream. What comes before there is a listener is kept. Nothing is read while a promise that the
 * listener returned is pending, so a slow consumer slows its peer down rather than fill memory. A listener that
 * throws cuts the connection.
 */
export class WebSocketRawStream implements RawStream {
  readonly #socket: WebSocket;
  readonly #waiting: (Uint8Array | string)[] = [];
  #listener: ((message: Uint8Array | string) => void | Promise<void>) | undefined;
  readonly #closeListeners: ((code: number, reason: string) => void)[] = [];
  #closed: { code: number; reason: string } | undefined;
  #delivering = false;
  #consumed: Promise<void> = Promise.resolve();

  /** Call it in the turn in which the socket opens, or its first messages are lost. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      this.#waiting.push(isBinary ? bytes : bytes.toString('utf8'));
      this.#deliver();
    });
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString('utf8') };
      for (const listener of this.#closeListeners) listener(code, this.#closed.reason);
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** `sent` is called when the message has left this process, or cannot any more. */
  send(message: Uint8Array | string, sent?: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) sent?.();
    else this.#socket.send(message, { binary: typeof message !== 'string' }, () => sent?.());
  }

  onMessage(listener: (message: Uint8Array | string) => void | Promise<void>): void {
    this.#listener = listener;
    this.#deliver();
  }

  /** Told at once, also while messages received before are still being consumed; see `delivered`. */
  onClose(listener: (code: number, reason: string) => void): void {
    if (this.#closed) listener(this.#closed.code, this.#closed.reason);
    else this.#closeListeners.push(listener);
  }

  /** Resolves when the listener has consumed all that has come in. */
  async delivered(): Promise<void> {
    while (this.#delivering) await this.#consumed;
  }

  close(code = 1000, reason = ''): void {
    // The peer's answer to the close frame must be read.
    this.#socket.resume();
    // A close frame holds 123 bytes of reason (RFC 6455 section 5.5); a character cut in two becomes up to 3 bytes.
    this.#socket.close(code, Buffer.from(reason).subarray(0, 120).toString('utf8'));
  }

  #deliver(): void {
    if (this.#delivering || !this.#listener) return;
    this.#delivering = true;
    this.#consumed = this.#drain(this.#listener);
  }

  async #drain(listener: (message: Uint8Array | string) => void | Promise<void>): Promise<void> {
    try {
      for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
        const consumed = listener(message);
        if (consumed) await this.#paused(consumed);
      }
    } catch {
      this.#socket.terminate();
    } finally {
      this.#delivering = false;
    }
  }

  async #paused(consumed: Promise<void>): Promise<void> {
    this.#socket.pause();
    const peerCheck = setInterval(() => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
    }, peerCheckIntervalMs);
    try {
      await consumed;
    } finally {
      clearInterval(peerCheck);
      this.#socket.resume();
    }
  }
}

/** What `ws` hands over, as one Buffer; it gives arrays only when asked to. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
