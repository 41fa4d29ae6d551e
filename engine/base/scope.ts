/** A step that gives a resource back. */
export type Cleanup = () => void | Promise<void>;

/**
 * Owns resources and gives them back once, in reverse order, each step awaited, each step run even when an earlier
 * one throws. Put a resource into a scope on the line after creating it.
 */
export class Scope {
  readonly name: string;
  readonly #controller = new AbortController();
  readonly #cleanups: Cleanup[] = [];
  #closing: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Aborted when the scope begins to close. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Runs `cleanup` when the scope closes; at once when it already has. */
  defer(cleanup: Cleanup): void {
    if (this.#closing) {
      this.#closing = this.#closing.then(() => cleanup());
      return;
    }
    this.#cleanups.push(cleanup);
  }

  /** A scope which closes with this one, or earlier on its own. */
  child(name: string): Scope {
    const child = new Scope(`${this.name}/${name}`);
    this.defer(() => child.close());
    return child;
  }

  /** Closes once; every caller awaits the same closing. Throws an AggregateError of what the steps threw. */
  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    this.#controller.abort();
    const failures: unknown[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `Closing ${this.name} failed in ${failures.length} steps`);
  }
}
