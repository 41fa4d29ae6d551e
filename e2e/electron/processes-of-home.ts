import { readdirSync, readFileSync } from 'node:fs';

/**
 * Pids of the processes that run for a FOREDECK_HOME: it is in their environment, which every child inherits. Reads
 * Linux's /proc; elsewhere it gives none, and specs prove less.
 */
export function processesOfHome(home: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => variablesOf(pid).includes(`FOREDECK_HOME=${home}`));
}

function variablesOf(pid: number): string[] {
  try {
    // A zombie has no environment any more and only waits to be reaped.
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Pids of the children of `pid`, on Linux. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
