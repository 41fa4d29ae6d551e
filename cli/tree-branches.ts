import type { Process } from '../contract/process-tree.ts';

/**
 * What stands before each process of a tree, by pid, as `ps --forest` draws it. Parents stand before their children; a
 * process whose parent is not among them is a root.
 */
export function treeBranches(processes: readonly Process[]): Map<number, string> {
  const pids = new Set(processes.map((process) => process.pid));
  const lastChild = new Map(processes.map((process) => [process.ppid, process.pid]));
  const branches = new Map<number, string>();
  /** What stands before the children of a process. */
  const trunks = new Map<number, string>();
  for (const { pid, ppid } of processes) {
    const trunk = trunks.get(ppid);
    if (!pids.has(ppid) || ppid === pid || trunk === undefined) {
      branches.set(pid, '');
      trunks.set(pid, ' ');
    } else {
      branches.set(pid, `${trunk}\\_ `);
      trunks.set(pid, `${trunk}${lastChild.get(ppid) === pid ? '   ' : '|  '}`);
    }
  }
  return branches;
}
