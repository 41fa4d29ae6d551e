import type { Process } from '../../contract/process-tree.ts';
import type { RawMemory } from './raw-memory.ts';

/** An emulator's memory grows while its program starts and hardly later. */
const staleAfterMs = 60_000;

/** What one reading may cost the guest: at most this part of the two seconds between two samples. */
const budgetMs = 100;

/** Before anything has been measured: under TCG a process takes some 10 ms, and more on a busy host. */
const firstBatch = 8;
const largestBatch = 128;

/**
 * What is known of the memory of emulators, by process. The kernel walks page tables for every figure, which is dear
 * under TCG, so a process is read once and then again each minute, a few at a time.
 */
export class EmulatorMemory {
  readonly #known = new Map<string, { bytes: number | null; readAt: number }>();
  #batch = firstBatch;

  /** Pids to read next, those never read first; as many as the budget allows. */
  due(processes: readonly Process[], at: number): number[] {
    const waiting = processes.flatMap((process) => {
      if (process.execution === 'native') return [];
      const readAt = this.#known.get(keyOf(process))?.readAt ?? Number.NEGATIVE_INFINITY;
      return at - readAt >= staleAfterMs ? [{ pid: process.pid, readAt }] : [];
    });
    // A stable sort: those of the same age stay in the order of the tree.
    waiting.sort((a, b) => (a.readAt === b.readAt ? 0 : a.readAt - b.readAt));
    return waiting.slice(0, this.#batch).map(({ pid }) => pid);
  }

  /** `bootAt`: as epoch milliseconds, what `startedAt` of the processes counts from. */
  learn(memory: RawMemory, bootAt: number, at: number): void {
    for (const { pid, startedAfterBootMs, emulatorBytes } of memory.processes) {
      const startedAt = Math.max(0, bootAt + startedAfterBootMs);
      this.#known.set(keyOf({ pid, startedAt }), { bytes: emulatorBytes, readAt: at });
    }
    if (memory.processes.length === 0) return;
    // Half a clock tick where it took none that could be counted.
    const eachMs = Math.max(memory.tookMs, 5) / memory.processes.length;
    this.#batch = Math.min(largestBatch, Math.max(1, Math.floor(budgetMs / eachMs)));
  }

  /** Forgets processes which are no more. */
  keep(processes: readonly Process[]): void {
    const alive = new Set(processes.map(keyOf));
    for (const key of this.#known.keys()) if (!alive.has(key)) this.#known.delete(key);
  }

  /** Null until it has been read, and where it cannot be. */
  bytesOf(process: Process): number | null {
    return this.#known.get(keyOf(process))?.bytes ?? null;
  }
}

function keyOf({ pid, startedAt }: { pid: number; startedAt: number }): string {
  return `${pid} ${startedAt}`;
}
