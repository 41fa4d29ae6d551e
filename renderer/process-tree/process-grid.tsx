import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type FocusEvent,
  Fragment,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Process } from '../../contract/process-tree.ts';
import { classNames } from '../ui/class-names.ts';
import type { GroupRow, TreeRow } from './grouped-rows.ts';
import { ProcessCells, type RowAct } from './process-cells.tsx';
import { rawCommandLine } from './raw-command-line.ts';

/** Heights of what is drawn, pixels; the classes below say the same. */
const headerHeight = 28;
const processHeight = 28;
const groupHeight = 46;

/** Drawn above and below what is in view, so that fast scrolling shows no gaps. */
const overscanRows = 12;
const rowsOfAPage = 12;
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

/** Processes as a tree to be walked by keyboard (WAI-ARIA treegrid); only rows in view are drawn. */
export function ProcessGrid({ label, rows, onFold, raw, group, className }: ProcessGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const toFocus = useRef<string | null>(null);
  const rawRows = useRawRows(raw);
  const copying = useCopying();
  const focusedIndex = Math.max(
    0,
    rows.findIndex((row) => row.key === focused),
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? groupHeight : processHeight),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: overscanRows,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
    // The row with the focus stays drawn, or scrolling away would drop the focus.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), focusedIndex])].sort((a, b) => a - b),
  });
  const shape = rows.map((row) => row.kind[0]).join('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height have come or gone
  useLayoutEffect(() => virtualizer.measure(), [shape, virtualizer]);
  useLayoutEffect(() => {
    const key = toFocus.current;
    if (key === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (!row) return;
    toFocus.current = null;
    row.focus({ preventScroll: true });
  });

  const focusRow = (index: number): void => {
    const at = Math.min(rows.length - 1, Math.max(0, index));
    const row = rows[at];
    if (!row) return;
    toFocus.current = row.key;
    setFocused(row.key);
    virtualizer.scrollToIndex(at);
  };
  const act = (row: TreeRow, what: RowAct): void => {
    if (what === 'fold' || row.kind === 'group') onFold(row.key, row.open);
    else if (what === 'raw') rawRows.toggle(row.key);
    else void copying.copy(row.process);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = rowIndexOf(event.target);
    const row = rows[index];
    if (!row || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      const selecting = getSelection()?.isCollapsed === false;
      if (event.key === 'c' && row.kind === 'process' && !selecting) act(row, 'copy');
      return;
    }
    const open = row.hasChildren && row.open;
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      PageDown: () => focusRow(index + rowsOfAPage),
      PageUp: () => focusRow(index - rowsOfAPage),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (open ? focusRow(index + 1) : onFold(row.key, false)),
      ArrowLeft: () => (open ? onFold(row.key, true) : focusRow(parentIndex(rows, index))),
      Enter: () => act(row, 'raw'),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const onClick = (event: MouseEvent): void => {
    const row = rows[rowIndexOf(event.target)];
    const button = event.target instanceof Element ? event.target.closest('[data-act]') : null;
    if (row && button) act(row, button.getAttribute('data-act') as RowAct);
  };
  const onFocus = (event: FocusEvent): void => {
    const row = rows[rowIndexOf(event.target)];
    if (row) setFocused(row.key);
  };

  let drawnTo = headerHeight;
  return (
    <div
      ref={scroller}
      className={classNames('overflow-auto rounded-md border border-line bg-surface', className)}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table whose rows fold (WAI-ARIA APG)
        role="treegrid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        className="w-full min-w-[40rem] table-fixed text-left"
      >
        <thead className="text-xs text-faint">
          <tr className="h-7 *:sticky *:top-0 *:z-10 *:bg-surface *:font-normal *:shadow-[inset_0_-1px_var(--line)]">
            <th className="pl-3">Process</th>
            <th className="w-36">Runs as</th>
            <th className="w-16 text-right">PID</th>
            <th className="w-16 text-right">CPU</th>
            <th className="w-22 text-right">CPU time</th>
            <th className="w-20 pr-3 text-right">Memory</th>
          </tr>
        </thead>
        {/* Here once for all rows, so that a row is drawn again only when it shows something else. */}
        <tbody onKeyDown={onKeyDown} onClick={onClick} onFocus={onFocus}>
          {virtualizer.getVirtualItems().map(({ index, start, end }) => {
            const row = rows[index];
            if (!row) return null;
            const gap = start - drawnTo;
            drawnTo = end;
            return (
              <Fragment key={row.key}>
                <Gap height={gap} />
                <GridRow
                  row={row}
                  index={index}
                  focusable={index === focusedIndex}
                  raw={rawRows.shows(row.key)}
                  copied={row.kind === 'process' && copying.copied === row.process.pid}
                  group={group}
                />
              </Fragment>
            );
          })}
          <Gap height={virtualizer.getTotalSize() - drawnTo} />
        </tbody>
      </table>
      <p aria-live="polite" className="sr-only">
        {copying.copied === null ? '' : 'Copied'}
      </p>
    </div>
  );
}

interface GridRowProps {
  row: TreeRow;
  index: number;
  focusable: boolean;
  raw: boolean;
  copied: boolean;
  group: ProcessGridProps['group'];
}

const GridRow = memo(function GridRow({ row, index, focusable, raw, copied, group }: GridRowProps) {
  return (
    <tr
      data-index={index}
      data-key={row.key}
      tabIndex={focusable ? 0 : -1}
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.hasChildren ? row.open : undefined}
      aria-keyshortcuts={row.kind === 'process' ? 'Enter Control+C' : undefined}
      className={classNames(
        'group outline-offset-[-2px] hover:bg-hover',
        row.kind === 'group' ? 'h-11.5 bg-window' : 'h-7',
      )}
    >
      {row.kind === 'group' ? group?.(row) : <ProcessCells row={row} raw={raw} copied={copied} />}
    </tr>
  );
});

/** Of the row an event happened in; -1 outside of rows. */
function rowIndexOf(target: EventTarget): number {
  const row = target instanceof Element ? target.closest('[data-index]') : null;
  return Number(row?.getAttribute('data-index') ?? -1);
}

/** The room of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return <tr aria-hidden style={{ height }} />;
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

function parentIndex(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < level) return above;
  return index;
}
