import { applyChanges, type Change, type State, type StateUpdate } from '../../contract/state.ts';
import { Publisher } from '../base/publisher.ts';

/**
 * The one place clients' state lives. Every commit raises the clock by one and is told to every watcher; engine state
 * is never optimistic: a commit says what has been seen.
 */
export class Store {
  #state: State;
  #clock = 0;
  readonly #updates = new Publisher<Extract<StateUpdate, { type: 'changes' }>>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  get clock(): number {
    return this.#clock;
  }

  commit(...changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#state = applyChanges(this.#state, changes);
    this.#clock += 1;
    this.#updates.publish({ type: 'changes', clock: this.#clock, changes: [...changes] });
  }

  /** Calls `listener` after each commit until the returned function is called. */
  listen(listener: (changes: readonly Change[]) => void): () => void {
    return this.#updates.listen((update) => listener(update.changes));
  }

  /** A snapshot first, then every batch of changes after it, until `signal` aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined> {
    const updates = this.#updates.subscribe(signal);
    yield { type: 'snapshot', clock: this.#clock, state: this.#state };
    yield* updates;
  }
}
