import type { Process, ProcessSample } from '../../contract/process-tree.ts';

/**
 * Tells the share of one core that a process has used between two samples, 0 to 1 per core. Null at its first sight,
 * and for a pid that means another process now.
 */
export function cpuShares(
  latest: ProcessSample,
  previous: ProcessSample | null,
): (process: Process) => number | null {
  const before = new Map(previous?.processes.map((process) => [process.pid, process]));
  const elapsedMs = previous ? latest.at - previous.at : 0;
  return (process) => {
    const earlier = before.get(process.pid);
    if (!earlier || elapsedMs <= 0 || earlier.startedAt !== process.startedAt) return null;
    return Math.max(0, process.cpuMs - earlier.cpuMs) / elapsedMs;
  };
}
