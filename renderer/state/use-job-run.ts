import { useEffect, useRef, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { Job } from '../../contract/records.ts';
import type { EngineClient } from '../bridge/engine-client.ts';
import { attempt } from './attempt.ts';
import { knownJobs, useNewJobs } from './new-jobs.ts';
import { perform } from './perform.ts';

export interface JobRun {
  busy: boolean;
  /** Its progress, once there is any. */
  job: Job | null;
  error: WireError | null;
  /** What came of it; undefined when it failed, was cancelled, is already under way, or nobody looks any more. */
  run: <T>(key: string, work: (client: EngineClient) => Promise<T>) => Promise<T | undefined>;
  /** Stops the work under way; undefined while it cannot be stopped. */
  cancel: (() => void) | undefined;
}

/** Work of the engine which makes a job of one of `kinds`: that, and its failure beside the form that asked for it. */
export function useJobRun(kinds: readonly Job['kind'][]): JobRun {
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const [job = null] = useNewJobs(known, kinds);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const run: JobRun['run'] = async (key, work) => {
    setKnown(knownJobs());
    setError(null);
    const outcome = await attempt(key, work);
    setKnown(null);
    if (!outcome || !shown.current) return undefined;
    if (outcome.ok) return outcome.value;
    if (outcome.error.code !== 'cancelled') setError(outcome.error);
    return undefined;
  };
  const cancel =
    job === null
      ? undefined
      : () => void perform(`job:cancel:${job.id}`, (client) => client.job.cancel({ id: job.id }));
  return { busy: known !== null, job, error, run, cancel };
}
