import { applyChanges, type State } from '../contract/state.ts';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import { Publisher } from '../engine/base/publisher.ts';
import { sleep } from '../engine/base/time.ts';
import type { EngineConnection } from './engine.ts';

/** A crashed engine is back within a second; one that cannot start is not asked without end. */
const firstPauseMs = 500;
const longestPauseMs = 5_000;

export interface StateChange {
  /** Null while no engine is connected. */
  readonly state: State | null;
  /** What it was before. Null for the first state of a connection, too: nothing in it has just happened. */
  readonly before: State | null;
}

/**
 * The engine's state for what the shell shows beside the window, followed as any client does. An engine that crashed is
 * started again; one that somebody has ended stays ended until a person asks for it (see EngineConnection).
 */
export class EngineState {
  readonly #engine: EngineConnection;
  readonly #changes = new Publisher<StateChange>();
  readonly #first = Promise.withResolvers<State>();
  #state: State | null = null;

  constructor(engine: EngineConnection) {
    this.#engine = engine;
  }

  get current(): State | null {
    return this.#state;
  }

  /** The first state ever seen. */
  get first(): Promise<State> {
    return this.#first.promise;
  }

  listen(listener: (change: StateChange) => void): void {
    this.#changes.listen(listener);
  }

  /** Follows until `signal` aborts. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    let pauseMs = firstPauseMs;
    let lastProblem = '';
    while (!signal.aborted) {
      try {
        await this.#read(() => {
          pauseMs = firstPauseMs;
          lastProblem = '';
        });
      } catch (thrown) {
        const { message } = toEngineError(thrown);
        if (!isAbort(thrown) && !signal.aborted && message !== lastProblem) console.error(message);
        lastProblem = message;
      }
      this.#set(null, null);
      await sleep(pauseMs, signal).catch(() => undefined);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }

  /** Ends with the connection: aborting a stream whose connection closes as well is a defect to oRPC. */
  async #read(onConnected: () => void): Promise<void> {
    const { calls } = await this.#engine.reachAgain();
    for await (const update of await calls.state.watch()) {
      if (update.type === 'snapshot') {
        onConnected();
        this.#set(update.state, null);
      } else if (this.#state) this.#set(applyChanges(this.#state, update.changes), this.#state);
    }
  }

  #set(state: State | null, before: State | null): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state) this.#first.resolve(state);
    this.#changes.publish({ state, before });
  }
}
