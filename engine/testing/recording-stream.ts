import type { RawStream } from '../api.ts';

/** The client's end of a RawStream in this process: what the engine sent, and ways to send and to leave. */
export class RecordingStream implements RawStream {
  readonly controls: unknown[] = [];
  /** Set it to play a client which does not keep up. */
  bufferedBytes = 0;
  closed: { code: number; reason: string } | undefined;
  readonly #chunks: Uint8Array[] = [];
  #onMessage: ((message: Uint8Array | string) => void | Promise<void>) | undefined;
  readonly #onClose: (() => void)[] = [];

  send(message: Uint8Array | string): void {
    if (this.closed) return;
    if (typeof message === 'string') this.controls.push(JSON.parse(message));
    else this.#chunks.push(message);
  }

  onMessage(listener: (message: Uint8Array | string) => void | Promise<void>): void {
    this.#onMessage = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose.push(listener);
  }

  close(code = 1000, reason = ''): void {
    if (this.closed) return;
    this.closed = { code, reason };
    for (const listener of this.#onClose) listener();
  }

  /** Every binary message so far. */
  get messages(): readonly Uint8Array[] {
    return this.#chunks;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** Resolves when the engine has consumed the message. */
  async say(message: string | Uint8Array): Promise<void> {
    await this.#onMessage?.(message);
  }

  async type(text: string): Promise<void> {
    await this.say(Buffer.from(text));
  }
}
