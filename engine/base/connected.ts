import { Publisher } from './publisher.ts';

/** What stands on the connections into the VMs, by the VM's name; each goes with its connection. */
export class Connected<T extends { readonly signal: AbortSignal }> {
  readonly #values = new Map<string, T>();
  readonly #added = new Publisher<string>();

  /** `value.signal` aborts with the connection; one that is added later takes the place of one before. */
  add(name: string, value: T): void {
    this.#values.set(name, value);
    const forget = (): void => {
      if (this.#values.get(name) === value) this.#values.delete(name);
    };
    value.signal.addEventListener('abort', forget, { once: true });
    this.#added.publish(name);
  }

  get(name: string): T | undefined {
    return this.#values.get(name);
  }

  /**
   * What `read` gives of `first`, then of what stands on each later connection. Waits while there is none; ends when
   * `signal` aborts. A failure of `read` counts only while the connection is there.
   */
  async *follow<S>(
    name: string,
    first: T,
    signal: AbortSignal,
    read: (value: T) => AsyncIterable<S>,
  ): AsyncGenerator<S, void, undefined> {
    for (let value: T | undefined = first; value; value = await this.#next(name, signal)) {
      try {
        yield* read(value);
      } catch (thrown) {
        if (!signal.aborted && !value.signal.aborted) throw thrown;
      }
    }
  }

  /** Undefined once `signal` aborts. */
  async #next(name: string, signal: AbortSignal): Promise<T | undefined> {
    const additions = this.#added.subscribe(signal);
    for (let value = this.#values.get(name); !signal.aborted; value = this.#values.get(name)) {
      if (value && !value.signal.aborted) {
        await additions.return();
        return value;
      }
      await additions.next();
    }
    return undefined;
  }
}
