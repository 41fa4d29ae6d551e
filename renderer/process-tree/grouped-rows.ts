import type { EmulationTax, Process } from '../../contract/process-tree.ts';
import { type ProcessRow, type ProcessRowsOptions, processRows } from './process-rows.ts';

/** The head of one container's processes among those of a whole VM. */
export interface GroupRow {
  kind: 'group';
  key: string;
  /** Null: what the VM itself runs. */
  containerId: string | null;
  level: 1;
  position: number;
  siblings: number;
  hasChildren: boolean;
  open: boolean;
  /** Sum of its processes', those whose share is known. */
  cpu: number | null;
  cpuMs: number;
  rssBytes: number;
  processes: number;
  tax: EmulationTax | null;
}

export type TreeRow = GroupRow | ProcessRow;

export interface GroupedRowsOptions extends Omit<ProcessRowsOptions, 'level'> {
  taxes: readonly EmulationTax[];
  /** In the order they are to stand; containers which are not among them follow. */
  containerIds: readonly string[];
}

/** Containers one after the other, each with its processes, and then the VM itself. */
export function groupedRows(options: GroupedRowsOptions): TreeRow[] {
  const { folded, matches, cpuOf } = options;
  const byContainer = Map.groupBy(options.processes, (process) => process.containerId);
  const order: (string | null)[] = [
    ...options.containerIds.filter((id) => byContainer.has(id)),
    ...[...byContainer.keys()].filter((id) => id !== null && !options.containerIds.includes(id)),
    ...(byContainer.has(null) ? [null] : []),
  ];
  const groups = order
    .map((containerId) => {
      const processes = byContainer.get(containerId) ?? [];
      return { containerId, processes, rows: processRows({ ...options, processes, level: 2 }) };
    })
    .filter(({ rows }) => rows.length > 0);
  return groups.flatMap(({ containerId, processes, rows }, index): TreeRow[] => {
    const key = containerId ?? 'vm';
    const open = matches !== null || !folded.has(key);
    const head: GroupRow = {
      kind: 'group',
      key,
      containerId,
      level: 1,
      position: index + 1,
      siblings: groups.length,
      hasChildren: true,
      open,
      cpu: sumKnown(processes.map(cpuOf)),
      cpuMs: total(processes, (process) => process.cpuMs),
      rssBytes: total(processes, (process) => process.rssBytes),
      processes: processes.length,
      tax: containerId === null ? null : taxOf(options.taxes, containerId),
    };
    return open ? [head, ...rows] : [head];
  });
}

function taxOf(taxes: readonly EmulationTax[], containerId: string): EmulationTax | null {
  return taxes.find((tax) => tax.containerId === containerId) ?? null;
}

function total(processes: readonly Process[], figure: (process: Process) => number): number {
  return processes.reduce((sum, process) => sum + figure(process), 0);
}

function sumKnown(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0);
}
