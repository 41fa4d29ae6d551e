import type { Job } from '../../contract/records.ts';
import { useEngine } from './engine-store.ts';
import { useJobs } from './hooks.ts';

/** The jobs there are at this moment, to tell those apart which a click makes. Clocks of page and engine may differ. */
export function knownJobs(): ReadonlySet<string> {
  return new Set(Object.keys(useEngine.getState().engine?.jobs ?? {}));
}

/** Running jobs of these kinds which were not known before, newest first; none while `known` is null. */
export function useNewJobs(known: ReadonlySet<string> | null, kinds: readonly Job['kind'][]): readonly Job[] {
  return useJobs().filter(
    (job) => known !== null && !known.has(job.id) && job.state === 'running' && kinds.includes(job.kind),
  );
}
