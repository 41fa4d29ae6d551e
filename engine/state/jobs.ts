import { randomUUID } from 'node:crypto';
import type { Job } from '../../contract/records.ts';
import { EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import type { Store } from './store.ts';

/** What a running job says about itself. */
export interface JobReporter {
  readonly signal: AbortSignal;
  phase(text: string): void;
  progress(doneBytes: number, totalBytes: number | null): void;
}

/** Committed at most this often: people cannot read faster, and each commit goes to every window. */
const progressIntervalMs = 250;

/** Finished jobs kept for the person to read. */
const keptJobs = 20;

/** Work that takes long enough to be shown, cancelled and explained. */
export class Jobs {
  readonly #store: Store;
  readonly #running = new Map<string, { controller: AbortController; settled: Promise<unknown> }>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Runs `work` as a job. Rejects as `work` does; the job record tells cancelled from failed. */
  async run<T>(
    job: { kind: Job['kind']; title: string; signal: AbortSignal },
    work: (reporter: JobReporter) => Promise<T>,
  ): Promise<T> {
    const id = randomUUID();
    const controller = new AbortController();
    let record: Job = {
      id,
      kind: job.kind,
      title: job.title,
      state: 'running',
      phase: 'starting',
      progress: null,
      startedAt: Date.now(),
      finishedAt: null,
      error: null,
    };
    const commit = (change: Partial<Job>): void => {
      record = { ...record, ...change };
      this.#store.commit({ in: 'jobs', key: id, value: record });
    };
    commit({});
    const rate = new TransferRate();
    let lastCommit = 0;
    const reporter: JobReporter = {
      signal: AbortSignal.any([controller.signal, job.signal]),
      phase: (text) => commit({ phase: text, progress: null }),
      progress: (doneBytes, totalBytes) => {
        const now = Date.now();
        const bytesPerSecond = rate.update(doneBytes, now);
        if (now - lastCommit < progressIntervalMs && doneBytes !== totalBytes) return;
        lastCommit = now;
        commit({ progress: { doneBytes, totalBytes, bytesPerSecond } });
      },
    };
    const working = work(reporter);
    this.#running.set(id, { controller, settled: working.catch(() => undefined) });
    try {
      const result = await working;
      commit({ state: 'done', finishedAt: Date.now(), phase: 'done' });
      return result;
    } catch (thrown) {
      if (isAbort(thrown)) commit({ state: 'cancelled', finishedAt: Date.now(), phase: 'cancelled' });
      else commit({ state: 'failed', finishedAt: Date.now(), error: toEngineError(thrown).toWire() });
      throw thrown;
    } finally {
      this.#running.delete(id);
      this.#forgetOldest();
    }
  }

  /** Asks a job to stop and waits until it has. */
  async cancel(id: string): Promise<Job> {
    const running = this.#running.get(id);
    running?.controller.abort();
    await running?.settled;
    const job = this.#store.state.jobs[id];
    if (!job) throw new EngineError({ code: 'unknown_job', message: `There is no job "${id}".` });
    return job;
  }

  #forgetOldest(): void {
    const finished = Object.values(this.#store.state.jobs)
      .filter((job) => job.state !== 'running')
      .sort((a, b) => a.startedAt - b.startedAt);
    const surplus = finished.slice(0, Math.max(0, finished.length - keptJobs));
    this.#store.commit(...surplus.map((job) => ({ in: 'jobs' as const, key: job.id, value: null })));
  }
}

/** Bytes per second over about the last three seconds. */
class TransferRate {
  #samples: { at: number; bytes: number }[] = [];

  update(bytes: number, at: number): number {
    const newest = this.#samples.at(-1);
    if (newest && bytes < newest.bytes) this.#samples = [];
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > 3_000) this.#samples.shift();
    const oldest = this.#samples[0];
    if (!oldest || at === oldest.at) return 0;
    return ((bytes - oldest.bytes) * 1_000) / (at - oldest.at);
  }
}
