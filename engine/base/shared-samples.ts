import { orAborted, sleep } from './time.ts';

export interface SampleWatch<T> {
  /** From one sample to the next, at least. */
  readonly intervalMs: number;
  /** A longer interval after a sample that was dear; shorter ones do not count. */
  readonly pauseMs?: (sample: T) => number;
  /** The watch ends without a word when it aborts. */
  readonly signal: AbortSignal;
  /** Done between a sample that was read and the pause after it; fails as a sample does. */
  readonly afterwards?: (sample: T) => Promise<unknown>;
}

/** Samples of one thing, shared by everybody who looks at it; none is taken while nobody does. */
export class SharedSamples<T extends { readonly at: number }> {
  readonly #take: () => Promise<T>;
  #latest: T | undefined;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  /** `take` is never called again before its promise has settled. */
  constructor(take: () => Promise<T>) {
    this.#take = take;
  }

  /** A sample that begins after this call. Callers who come while one runs share the next. */
  fresh(): Promise<T> {
    if (this.#next) return this.#next;
    if (!this.#running) return this.#begin();
    this.#next = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    return this.#next;
  }

  /** A sample at most this old, or the one that is being taken. */
  recent(maxAgeMs: number): Promise<T> {
    if (this.#latest && Date.now() - this.#latest.at < maxAgeMs) return Promise.resolve(this.#latest);
    return this.#running ?? this.#begin();
  }

  /** A sample now and then one every interval, for as long as it is read. Throws when two fail one after the other. */
  async *watch(options: SampleWatch<T>): AsyncGenerator<T, void, undefined> {
    const { intervalMs, signal, pauseMs, afterwards } = options;
    let failed = false;
    while (!signal.aborted) {
      try {
        // Half an interval: watches that began at different times come to share their samples.
        const sample = await orAborted(this.recent(intervalMs / 2), signal);
        failed = false;
        yield sample;
        await orAborted(Promise.resolve(afterwards?.(sample)), signal);
        const dueAt = sample.at + Math.max(intervalMs, pauseMs?.(sample) ?? 0);
        await sleep(Math.max(0, dueAt - Date.now()), signal);
      } catch (thrown) {
        if (signal.aborted) return;
        // What was asked may have been killed, or be the first to notice that the connection is going.
        if (failed) throw thrown;
        failed = true;
        await sleep(intervalMs, signal).catch(() => undefined);
      }
    }
  }

  #begin(): Promise<T> {
    const running = this.#take()
      .then((sample) => {
        this.#latest = sample;
        return sample;
      })
      .finally(() => {
        if (this.#running === running) this.#running = undefined;
      });
    this.#running = running;
    return running;
  }
}
