import type { Process } from '../../contract/process-tree.ts';

export interface ProcessRow {
  kind: 'process';
  key: string;
  process: Process;
  /** 1 for a root of the tree, as aria-level counts. */
  level: number;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  hasChildren: boolean;
  open: boolean;
  /** Share of one core since the sample before, 0 to 1 per core; null at the first sight of a process. */
  cpu: number | null;
  /** Runs natively though its container's image is foreign. */
  nativeChild: boolean;
}

export interface ProcessRowsOptions {
  /** Those of one tree, parents before their children. */
  processes: readonly Process[];
  cpuOf: (process: Process) => number | null;
  isNativeChild: (process: Process) => boolean;
  /** Keys of rows whose children are folded away. */
  folded: ReadonlySet<string>;
  /** What to show, with the processes above each of them; then nothing is folded. Null: everything. */
  matches: ((process: Process) => boolean) | null;
  /** Of the roots. */
  level: number;
}

/** The rows of a tree from top to bottom, those below a folded process left out. */
export function processRows(options: ProcessRowsOptions): ProcessRow[] {
  const { matches, folded } = options;
  const children = childrenByParent(matches ? withAncestors(options.processes, matches) : options.processes);
  const rows: ProcessRow[] = [];
  const visit = (siblings: readonly Process[], level: number): void => {
    for (const [index, process] of siblings.entries()) {
      const own = children.get(process.pid) ?? [];
      const key = String(process.pid);
      const open = matches !== null || !folded.has(key);
      rows.push({
        kind: 'process',
        key,
        process,
        level,
        position: index + 1,
        siblings: siblings.length,
        hasChildren: own.length > 0,
        open,
        cpu: options.cpuOf(process),
        nativeChild: options.isNativeChild(process),
      });
      if (open) visit(own, level + 1);
    }
  };
  visit(children.get(0) ?? [], options.level);
  return rows;
}

/** A parent missing from the list, as when it was cut, makes its children roots. */
function childrenByParent(processes: readonly Process[]): Map<number, Process[]> {
  const pids = new Set(processes.map((process) => process.pid));
  return Map.groupBy(processes, (process) =>
    pids.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0,
  );
}

function withAncestors(
  processes: readonly Process[],
  matches: (process: Process) => boolean,
): readonly Process[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const shown = new Set<Process>();
  for (const process of processes) {
    if (!matches(process)) continue;
    for (let next: Process | undefined = process; next && !shown.has(next); next = byPid.get(next.ppid)) {
      shown.add(next);
    }
  }
  return processes.filter((process) => shown.has(process));
}
