import type { Process } from '../../contract/process-tree.ts';

/**
 * The processes of one container, or all when `containerId` is null, in depth-first order: a parent before its
 * children, children by pid. A process whose parent is elsewhere is a root. At most `limit` of them; the rest is
 * counted.
 */
export function buildTree(
  all: readonly Process[],
  containerId: string | null,
  limit: number,
): { processes: Process[]; omitted: number } {
  const chosen = all
    .filter((process) => containerId === null || process.containerId === containerId)
    .sort((a, b) => a.pid - b.pid);
  const pids = new Set(chosen.map((process) => process.pid));
  const roots: Process[] = [];
  const children = new Map<number, Process[]>();
  for (const process of chosen) {
    if (!pids.has(process.ppid) || process.ppid === process.pid) roots.push({ ...process, ppid: 0 });
    else {
      const siblings = children.get(process.ppid);
      if (siblings) siblings.push(process);
      else children.set(process.ppid, [process]);
    }
  }
  const ordered: Process[] = [];
  const waiting = roots.reverse();
  for (let next = waiting.pop(); next && ordered.length < limit; next = waiting.pop()) {
    ordered.push(next);
    waiting.push(...(children.get(next.pid) ?? []).reverse());
  }
  return { processes: ordered, omitted: chosen.length - ordered.length };
}
