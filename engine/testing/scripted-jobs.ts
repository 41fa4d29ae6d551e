import type { HostArch } from '../../contract/arch.ts';
import type { GuestImage, Job } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Store } from '../state/store.ts';
import { aJob } from './sample-records.ts';

/** The scripted engine's jobs: one that downloads, and image builds that fail or go on until they are cancelled. */
export class ScriptedJobs {
  readonly #store: Store;
  readonly #cancels = new Map<string, () => void>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** A download that is half done, then done. */
  download(): void {
    const job = aJob({
      phase: 'downloading packages',
      progress: { doneBytes: 5_000_000, totalBytes: 10_000_000, bytesPerSecond: 2_500_000 },
    });
    this.#commit(job);
    this.#commit({ ...job, state: 'done', finishedAt: Date.now() });
  }

  /** For amd64 it fails at once, for arm64 it goes on until its job is cancelled. */
  async buildImage(arch: HostArch): Promise<GuestImage> {
    if (arch === 'amd64') {
      throw new EngineError({
        code: 'mirror_unreachable',
        message: 'No mirror answers.',
        hint: 'Check the network.',
      });
    }
    const job = aJob({ phase: 'waiting', progress: null });
    this.#commit(job);
    await new Promise<void>((resolve) => this.#cancels.set(job.id, resolve));
    throw new EngineError({ code: 'cancelled', message: 'Cancelled' });
  }

  cancel(id: string): Job {
    const job = this.#store.state.jobs[id];
    if (!job) throw new EngineError({ code: 'unknown_job', message: `There is no job "${id}".` });
    const cancelled: Job = { ...job, state: 'cancelled', finishedAt: Date.now() };
    this.#commit(cancelled);
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
    return cancelled;
  }

  #commit(job: Job): void {
    this.#store.commit({ in: 'jobs', key: job.id, value: job });
  }
}
