import type { Arch } from '../../contract/arch.ts';
import type { Handler } from '../../contract/records.ts';

/** `use 11.1`: another version; `restore`: what something else changed is put back. */
export type HandlerVerb = 'on' | 'off' | 'test' | 'restore' | `use ${string}`;

interface Operation {
  readonly verb: HandlerVerb;
  readonly cancel: AbortController;
  readonly done: Promise<Handler>;
}

/**
 * One operation at a time for an architecture. The same one asked twice is shared; a switch cancels whatever else
 * runs or waits there and follows when that has unwound; a test waits for its turn.
 */
export class HandlerOperations {
  readonly #operations = new Map<Arch, Operation>();

  busy(arch: Arch): boolean {
    return this.#operations.has(arch);
  }

  /** Resolves when nothing runs or waits there, however it ended. */
  async settled(arch: Arch): Promise<void> {
    for (let last = this.#operations.get(arch); last; last = this.#operations.get(arch)) {
      await last.done.catch(() => undefined);
    }
  }

  run(arch: Arch, verb: HandlerVerb, work: (signal: AbortSignal) => Promise<Handler>): Promise<Handler> {
    const before = this.#operations.get(arch);
    if (before?.verb === verb) return before.done;
    if (verb !== 'test') before?.cancel.abort();
    const cancel = new AbortController();
    const done = this.#after(before, () => work(cancel.signal)).finally(() => {
      if (this.#operations.get(arch)?.cancel === cancel) this.#operations.delete(arch);
    });
    this.#operations.set(arch, { verb, cancel, done });
    return done;
  }

  async #after(before: Operation | undefined, work: () => Promise<Handler>): Promise<Handler> {
    await before?.done.catch(() => undefined);
    return await work();
  }
}
