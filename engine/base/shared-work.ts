import { orAborted } from './time.ts';

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

/**
 * Work which several callers may want at the same time: it runs once, and stops only when the last of its callers has
 * gone. That last one waits until the work has unwound; the others leave at once.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Rejects with the signal's reason when `signal` aborts, otherwise settles as `work` does. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let running = this.#running.get(key);
    while (running?.controller.signal.aborted) {
      // Its last caller has gone: what it leaves behind must be gone too before the work begins anew.
      await orAborted(
        running.promise.catch(() => undefined),
        signal,
      );
      running = this.#running.get(key);
    }
    running ??= this.#start(key, work);
    running.callers += 1;
    try {
      return await orAborted(running.promise, signal);
    } catch (thrown) {
      if (signal.aborted && running.callers === 1) {
        running.controller.abort(signal.reason);
        await running.promise.catch(() => undefined);
      }
      throw thrown;
    } finally {
      running.callers -= 1;
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const promise = work(controller.signal).finally(() => this.#running.delete(key));
    const started: Running<T> = { promise, controller, callers: 0 };
    this.#running.set(key, started);
    return started;
  }
}
