/**
 * Hands facts to whoever listens, in order. `subscribe` gives an async iterable which ends when its signal aborts;
 * a slow reader holds its own queue and nobody else's.
 */
export class Publisher<T> {
  readonly #listeners = new Set<(value: T) => void>();

  publish(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls `listener` for each value until the returned function is called. */
  listen(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Listens from the moment of the call, not from the first `next()`. */
  subscribe(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const queue: T[] = [];
    let wake: (() => void) | undefined;
    const stopListening = this.listen((value) => {
      queue.push(value);
      wake?.();
    });
    const release = (): void => {
      stopListening();
      signal.removeEventListener('abort', release);
      wake?.();
    };
    if (signal.aborted) release();
    else signal.addEventListener('abort', release);
    return (async function* () {
      try {
        while (!signal.aborted) {
          const value = queue.shift();
          if (value !== undefined) {
            yield value;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        release();
      }
    })();
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
