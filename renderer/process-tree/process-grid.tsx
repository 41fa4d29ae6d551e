import { type ReactNode, useEffect, useState } from 'react';
import type { Process } from '../../contract/process-tree.ts';
import { classNames } from '../ui/class-names.ts';
import { type GridCellsProps, type GridRow, VirtualGrid } from '../ui/virtual-grid.tsx';
import type { GroupRow, TreeRow } from './grouped-rows.ts';
import { ProcessCells, type RowAct } from './process-cells.tsx';
import { rawCommandLine } from './raw-command-line.ts';

/** Heights of rows, pixels; a group's has two lines. */
const processHeight = 28;
const groupHeight = 46;

const copiedShownMs = 1_600;

export interface ProcessGridProps {
  label: string;
  rows: readonly TreeRow[];
  onFold: (key: string, closed: boolean) => void;
  /** Every emulator's part of the command lines is shown; single rows differ from it. */
  raw: boolean;
  /** The cells of a group's head; a grid without groups needs none. */
  group?: (row: GroupRow) => ReactNode;
  /** Limits its height; beyond it the grid scrolls. */
  className: string;
}

/** A row as it is drawn. */
interface ShownRow extends GridRow {
  readonly row: TreeRow;
  /** The emulator's own part of the command line is shown. */
  readonly raw: boolean;
  readonly copied: boolean;
  /** Of a group's head. */
  readonly cells: ReactNode;
}

/** Processes as a tree: Enter shows a process's emulator, Ctrl+C copies its command line. */
export function ProcessGrid({ label, rows, onFold, raw, group, className }: ProcessGridProps) {
  const rawRows = useRawRows(raw);
  const copying = useCopying();
  const act = ({ row }: ShownRow, what: RowAct): void => {
    if (what === 'fold' || row.kind === 'group') onFold(row.key, row.open);
    else if (what === 'raw') rawRows.toggle(row.key);
    else void copying.copy(row.process);
  };
  const shown = rows.map((row): ShownRow => {
    const { key, level, position, siblings } = row;
    const isGroup = row.kind === 'group';
    return {
      key,
      level,
      position,
      siblings,
      open: row.hasChildren ? row.open : null,
      height: isGroup ? groupHeight : processHeight,
      name: null,
      ...(!isGroup && { shortcuts: 'Enter Control+C' }),
      row,
      raw: rawRows.shows(key),
      copied: !isGroup && copying.copied === row.process.pid,
      cells: isGroup ? group?.(row) : null,
    };
  });
  return (
    <>
      <VirtualGrid
        label={label}
        rows={shown}
        head={<Head />}
        Cells={Cells}
        onOpen={(row) => act(row, 'raw')}
        onFold={({ key }, open) => onFold(key, !open)}
        onAct={(row, what) => act(row, what as RowAct)}
        onCopy={(row) => {
          if (row.row.kind === 'process') act(row, 'copy');
        }}
        dense
        rowClass={({ row }) => (row.kind === 'group' ? 'bg-window' : '')}
        className={classNames('*:min-w-[40rem]', className)}
      />
      <p aria-live="polite" className="sr-only">
        {copying.copied === null ? '' : 'Copied'}
      </p>
    </>
  );
}

function Head() {
  return (
    <>
      <th className="pl-3">Process</th>
      <th className="w-36">Runs as</th>
      <th className="w-16 text-right">PID</th>
      <th className="w-16 text-right">CPU</th>
      <th className="w-22 text-right">CPU time</th>
      <th className="w-20 pr-3 text-right">Memory</th>
    </>
  );
}

function Cells({ row: { row, raw, copied, cells } }: GridCellsProps<ShownRow>) {
  return row.kind === 'group' ? cells : <ProcessCells row={row} raw={raw} copied={copied} />;
}

/** Rows that show their emulator: all or none, but for those a person has turned over since. */
function useRawRows(all: boolean) {
  const [turned, setTurned] = useState<{ all: boolean; keys: ReadonlySet<string> }>({ all, keys: new Set() });
  if (turned.all !== all) setTurned({ all, keys: new Set() });
  return {
    shows: (key: string): boolean => all !== turned.keys.has(key),
    toggle: (key: string): void => {
      const keys = new Set(turned.keys);
      if (!keys.delete(key)) keys.add(key);
      setTurned({ all, keys });
    },
  };
}

function useCopying() {
  const [copied, setCopied] = useState<number | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), copiedShownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  return {
    copied,
    copy: async ({ pid, rawArgv, comm }: Process): Promise<void> => {
      try {
        await navigator.clipboard.writeText(rawCommandLine(rawArgv.length > 0 ? rawArgv : [comm]));
        setCopied(pid);
      } catch {
        // The browser refused; what is on the screen can be selected.
      }
    },
  };
}
