import type { State } from '../contract/state.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';

/** Cancels the newest pull or import under way: the one this command has asked for. */
export function cancelImageJobs(engine: EngineClient): (state: State) => Promise<unknown> {
  return async (state) => {
    const [newest] = Object.values(state.jobs)
      .filter((job) => job.kind === 'docker-image' && job.state === 'running')
      .toSorted((a, b) => b.startedAt - a.startedAt);
    if (newest) await engine.calls.job.cancel({ id: newest.id });
  };
}
