/** The same operation asked twice while it runs shares one promise. */
export class OnceAtATime {
  readonly #running = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    // The key names one operation, so the promise under it has that operation's type.
    if (running) return running as Promise<T>;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  /** Resolves when the operation under `key`, or every one, is over, however it ended. */
  async settled(key?: string): Promise<void> {
    const running = key === undefined ? [...this.#running.values()] : [this.#running.get(key)];
    await Promise.allSettled(running);
  }
}
