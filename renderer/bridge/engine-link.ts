import type { StateUpdate } from '../../contract/state.ts';
import { rpcPath } from '../../contract/streams.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { KeyRefused, type Stream, type StreamOpener } from './stream.ts';

/** Between attempts: quick at first, since an engine that restarts is back soon; then without hurry. */
const retryDelaysMs = [250, 500, 1_000, 2_000, 4_000];

export type LinkStatus =
  | { phase: 'connecting' }
  | { phase: 'up' }
  | { phase: 'down'; retryAt: number; reason: string }
  | { phase: 'refused'; reason: string };

export interface LinkListener {
  onStatus(status: LinkStatus): void;
  /** Answers `gap` when updates are missing: the link then asks for a fresh snapshot. */
  onUpdate(update: StateUpdate): 'applied' | 'gap';
}

/** The connection to the engine: kept up, renewed when it breaks, its state stream passed on. */
export class EngineLink {
  readonly #streams: StreamOpener;
  #client: EngineClient | undefined;
  #retry: (() => void) | undefined;

  constructor(streams: StreamOpener) {
    this.#streams = streams;
  }

  /** Undefined while there is no connection. */
  get client(): EngineClient | undefined {
    return this.#client;
  }

  openStream(path: string, signal: AbortSignal): Promise<Stream> {
    return this.#streams.open(path, signal);
  }

  /** Tries now instead of at `retryAt`. */
  retryNow(): void {
    this.#retry?.();
  }

  /** Resolves when `signal` aborts or the key was refused; until then reports through `listener`. */
  async run(listener: LinkListener, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (failures === 0) listener.onStatus({ phase: 'connecting' });
      let reason = 'The engine closed the connection.';
      try {
        await this.#connectOnce(signal, listener, () => {
          failures = 0;
        });
      } catch (thrown) {
        reason = thrown instanceof Error ? thrown.message : String(thrown);
        if (thrown instanceof KeyRefused) {
          listener.onStatus({ phase: 'refused', reason });
          return;
        }
      }
      if (signal.aborted) return;
      const delayMs = retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? 0;
      failures += 1;
      listener.onStatus({ phase: 'down', retryAt: Date.now() + delayMs, reason });
      await this.#pause(delayMs, signal);
    }
  }

  async #connectOnce(signal: AbortSignal, listener: LinkListener, onUp: () => void): Promise<void> {
    const connection = new AbortController();
    const stream = await this.#streams.open(rpcPath, signal);
    const close = (): void => stream.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const client = createEngineClient(stream);
      while (!signal.aborted) {
        for await (const update of await client.state.watch(undefined, { signal: connection.signal })) {
          if (listener.onUpdate(update) === 'gap') break;
          if (this.#client === client) continue;
          this.#client = client;
          onUp();
          listener.onStatus({ phase: 'up' });
        }
      }
    } finally {
      this.#client = undefined;
      signal.removeEventListener('abort', close);
      connection.abort();
      stream.close();
    }
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#retry = undefined;
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal.addEventListener('abort', end, { once: true });
      this.#retry = end;
    });
  }
}
