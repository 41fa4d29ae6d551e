import { type BootStage, type BootStageId, bootStageIds } from '../../contract/records.ts';
import { Publisher } from '../base/publisher.ts';

/** The stages of one boot, in milliseconds since QEMU was spawned. */
export class BootTimeline {
  readonly startedAt: number;
  readonly #reached = new Publisher<BootStageId>();
  #stages: BootStage[];

  constructor(startedAt: number, stages: readonly BootStage[] = emptyStages()) {
    this.startedAt = startedAt;
    this.#stages = [...stages];
  }

  get stages(): BootStage[] {
    return this.#stages;
  }

  /** Notes that a stage was reached; the first time counts, and a problem noted before it is over. */
  reach(id: BootStageId, now = Date.now()): void {
    if (this.has(id)) return;
    this.#change(id, { atMs: Math.max(0, now - this.startedAt), problem: null });
    this.#reached.publish(id);
  }

  /** Notes what keeps a stage from being reached, or what is wrong after it was. */
  note(id: BootStageId, problem: string): void {
    this.#change(id, { problem });
  }

  has(id: BootStageId): boolean {
    return this.#stages.some((stage) => stage.id === id && stage.atMs !== null);
  }

  /** Whether the stage is part of this start and still missing. */
  expects(id: BootStageId): boolean {
    return this.#stages.some((stage) => stage.id === id && stage.atMs === null);
  }

  /** The first stage, in the order they are expected, that is still missing. */
  get next(): BootStage | undefined {
    return this.#stages.find((stage) => stage.atMs === null);
  }

  onReached(listener: (id: BootStageId) => void): () => void {
    return this.#reached.listen(listener);
  }

  /** Resolves when `id` is reached; rejects when `signal` aborts before. */
  async whenReached(id: BootStageId, signal: AbortSignal): Promise<void> {
    if (this.has(id)) return;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stopListening = this.onReached((reached) => {
      if (reached === id) resolve();
    });
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      stopListening();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #change(id: BootStageId, change: Partial<BootStage>): void {
    this.#stages = this.#stages.map((stage) => (stage.id === id ? { ...stage, ...change } : stage));
  }
}

/** What there is of a start that resumes: the guest's own stages were reached when it booted. */
const stagesOfResume: readonly BootStageId[] = ['qemu', 'ssh', 'docker', 'emulators'];

export function resumeStages(): BootStage[] {
  return emptyStages().filter(({ id }) => stagesOfResume.includes(id));
}

export function emptyStages(): BootStage[] {
  return bootStageIds.map((id) => ({ id, atMs: null, problem: null }));
}
