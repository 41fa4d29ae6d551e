import type { Arch } from '../../../contract/arch.ts';
import type { Handler } from '../../../contract/records.ts';
import { type Change, handlerKey } from '../../../contract/state.ts';

/** How a handler was from a moment on. */
interface HandlerMoment {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly handler: Handler;
}

/** Switches of one handler that are kept: more than a person makes between a failure and asking about it. */
const keptMoments = 50;

/** What handlers were at a moment that is over: a container may be asked about long after it failed. */
export class HandlerHistory {
  readonly #moments = new Map<string, HandlerMoment[]>();

  /** Takes what has just been committed. */
  note(changes: readonly Change[], at: number): void {
    for (const change of changes) {
      if (change.in !== 'handlers' || change.value === null) continue;
      const moments = this.#moments.get(change.key) ?? [];
      const last = moments.at(-1)?.handler;
      if (last?.state === change.value.state && last.flags === change.value.flags) continue;
      moments.push({ from: at, handler: change.value });
      if (moments.length > keptMoments) moments.shift();
      this.#moments.set(change.key, moments);
    }
  }

  /** The record at that moment; undefined when it lies before everything that was noted. */
  at(vm: string, arch: Arch, at: number): Handler | undefined {
    return this.#moments.get(handlerKey(vm, arch))?.findLast((moment) => moment.from <= at)?.handler;
  }
}
