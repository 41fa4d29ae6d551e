import type { Change, StateUpdate } from '../../contract/state.ts';
import { applyUpdate } from './engine-store.ts';

/** A hidden page draws no frames; what it knows must not grow old, nor what waits grow long. */
const hiddenFlushMs = 200;

/**
 * Gathers the engine's changes until the next frame: a machine on which much happens must not make the page draw more
 * often than anybody can see, or it falls behind and never catches up.
 */
export class UpdateBatch {
  readonly #soon: (work: () => void) => void;
  #waiting: Change[] = [];
  #firstClock = 0;
  /** Of the newest update; there is nothing to change before the first snapshot. */
  #lastClock: number | null = null;
  #scheduled = false;

  /** `soon` calls once, later. */
  constructor(soon: (work: () => void) => void = atNextFrame) {
    this.#soon = soon;
  }

  /** Answers `gap` when an update is missing before this one; the snapshot that follows replaces everything. */
  add(update: StateUpdate): 'applied' | 'gap' {
    if (update.type === 'snapshot') {
      this.#waiting = [];
      this.#lastClock = update.clock;
      return applyUpdate(update);
    }
    if (this.#lastClock === null || update.clock !== this.#lastClock + 1) return 'gap';
    if (this.#waiting.length === 0) this.#firstClock = update.clock;
    this.#lastClock = update.clock;
    this.#waiting.push(...update.changes);
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#soon(() => this.#flush());
    }
    return 'applied';
  }

  #flush(): void {
    this.#scheduled = false;
    const changes = this.#waiting;
    if (this.#lastClock === null || changes.length === 0) return;
    this.#waiting = [];
    applyUpdate({ type: 'changes', clock: this.#lastClock, changes }, this.#firstClock);
  }
}

function atNextFrame(work: () => void): void {
  const once = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    work();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, hiddenFlushMs);
}
