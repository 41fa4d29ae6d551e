import type { Process, ProcessSample } from '../../../contract/process-tree.ts';

export interface ProcessRow {
  process: Process;
  /** 1 for a root of the tree, as aria-level counts. */
  level: number;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  hasChildren: boolean;
  /** Share of one core since the sample before, 0 to 1 per core; null at the first sight of a process. */
  cpu: number | null;
}

/** The rows of a tree from top to bottom, those below a folded process left out. */
export function processRows(
  sample: ProcessSample,
  previous: ProcessSample | null,
  folded: ReadonlySet<number>,
): ProcessRow[] {
  const children = childrenByParent(sample.processes);
  const before = new Map(previous?.processes.map((process) => [process.pid, process]));
  const elapsedMs = previous ? sample.at - previous.at : 0;
  const rows: ProcessRow[] = [];
  const visit = (siblings: readonly Process[], level: number): void => {
    for (const [index, process] of siblings.entries()) {
      const own = children.get(process.pid) ?? [];
      rows.push({
        process,
        level,
        position: index + 1,
        siblings: siblings.length,
        hasChildren: own.length > 0,
        cpu: cpuShare(process, before.get(process.pid), elapsedMs),
      });
      if (!folded.has(process.pid)) visit(own, level + 1);
    }
  };
  visit(children.get(0) ?? [], 1);
  return rows;
}

/** A parent missing from the sample, as when the list was cut, makes its children roots. */
function childrenByParent(processes: readonly Process[]): Map<number, Process[]> {
  const pids = new Set(processes.map((process) => process.pid));
  const children = new Map<number, Process[]>();
  for (const process of processes) {
    const parent = pids.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0;
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  return children;
}

function cpuShare(process: Process, before: Process | undefined, elapsedMs: number): number | null {
  if (!before || elapsedMs <= 0 || before.startedAt !== process.startedAt) return null;
  return Math.max(0, process.cpuMs - before.cpuMs) / elapsedMs;
}
