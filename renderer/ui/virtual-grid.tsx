import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type ComponentType,
  type FocusEvent,
  Fragment,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { classNames } from './class-names.ts';

/** What a grid knows of a row; everything else is its cells' business. Two rows are equal when their fields are. */
export interface GridRow {
  readonly key: string;
  /** 1 at the top; rows of a group stand one level below it. */
  readonly level: number;
  /** Its place among its siblings, from 1, and how many they are; for trees deeper than a group and its rows. */
  readonly position?: number;
  readonly siblings?: number;
  /** Of a group: whether its rows are shown. Null for what does not fold. */
  readonly open: boolean | null;
  /** Pixels, borders included; the same as long as the row is the same. */
  readonly height: number;
  /** The row's name for screen readers; null: what its cells say. */
  readonly name: string | null;
  /** Keys that act on the row, as `aria-keyshortcuts` lists them. */
  readonly shortcuts?: string;
}

export interface GridCellsProps<R extends GridRow> {
  row: R;
  /** What can be pressed in the cells takes part in the tab order only where this is 0. */
  tabIndex: 0 | -1;
}

export interface VirtualGridProps<R extends GridRow> {
  label: string;
  rows: readonly R[];
  /** The header's cells, `th`. */
  head: ReactNode;
  /** A row's cells, `td`; drawn again only when the row or `tabIndex` changes. */
  Cells: ComponentType<GridCellsProps<R>>;
  /** Enter was pressed on a row. */
  onOpen: (row: R) => void;
  /** A row was clicked, but on nothing in it that can be pressed. */
  onClick?: (row: R) => void;
  onFold?: (row: R, open: boolean) => void;
  /** A button was clicked whose `data-act` is `act`; it is for the pointer, and its row does the same by keyboard. */
  onAct?: (row: R, act: string) => void;
  /** Ctrl+C or Cmd+C on a row, while no text is selected. */
  onCopy?: (row: R) => void;
  /** Rows stand close to each other, without lines between them. */
  dense?: boolean;
  rowClass?: (row: R) => string;
  /** Limits its height; beyond it the grid scrolls. */
  className: string;
}

/** Height of the header; its class below says the same. */
const headerHeight = 32;

/** Drawn above and below what is in view, so that fast scrolling shows no gaps. */
const overscanRows = 8;
const rowsOfAPage = 10;

/**
 * A table of any length, of which only rows in view are drawn, walked by arrow keys (WAI-ARIA treegrid): Enter opens a
 * row, Left and Right fold a group and go out of it and in, Tab goes to what can be pressed in the row.
 */
export function VirtualGrid<R extends GridRow>(props: VirtualGridProps<R>) {
  const { label, rows, head, Cells, onOpen, onClick, onFold, onAct, onCopy, dense, rowClass, className } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const toFocus = useRef<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const focusedIndex = Math.max(
    0,
    rows.findIndex((row) => row.key === focused),
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: overscanRows,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
    // The row with the focus stays drawn, or scrolling away would drop the focus.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), focusedIndex])].sort((a, b) => a - b),
  });
  const shape = rows.map((row) => row.height).join();
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

  const rowOf = (target: EventTarget): number => {
    // Menus and dialogs of a row stand elsewhere in the document.
    const row = target instanceof Element ? target.closest('[data-index]') : null;
    return row && scroller.current?.contains(row) ? Number(row.getAttribute('data-index')) : -1;
  };
  const focusRow = (index: number): void => {
    const at = Math.min(rows.length - 1, Math.max(0, index));
    const row = rows[at];
    if (!row) return;
    toFocus.current = row.key;
    setFocused(row.key);
    virtualizer.scrollToIndex(at);
  };
  const fold = (row: R, open: boolean): void => {
    if (row.open !== null && row.open !== open) onFold?.(row, open);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = rowOf(event.target);
    const row = rows[index];
    if (!row || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      const selecting = getSelection()?.isCollapsed === false;
      if (event.key === 'c' && !selecting) onCopy?.(row);
      return;
    }
    const onRow = event.target instanceof Element && event.target.matches('[data-index], [data-act]');
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      PageDown: () => focusRow(index + rowsOfAPage),
      PageUp: () => focusRow(index - rowsOfAPage),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (row.open ? focusRow(index + 1) : fold(row, true)),
      ArrowLeft: () => (row.open ? fold(row, false) : focusRow(groupIndex(rows, index))),
      ...(onRow && { Enter: () => onOpen(row) }),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const onPress = (event: MouseEvent): void => {
    const row = rows[rowOf(event.target)];
    if (!row || !(event.target instanceof Element)) return;
    const act = event.target.closest('[data-act]')?.getAttribute('data-act');
    if (act) onAct?.(row, act);
    else if (!event.target.closest('a, button, input, label')) onClick?.(row);
  };
  const onFocus = (event: FocusEvent): void => {
    const row = rows[rowOf(event.target)];
    if (row) setFocused(row.key);
  };

  let drawnTo = headerHeight;
  return (
    <div
      ref={scroller}
      className={classNames('overflow-auto rounded-lg border border-line bg-surface shadow-card', className)}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table whose rows fold (WAI-ARIA APG)
        role="treegrid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed text-left"
      >
        <thead className="text-xs text-faint">
          <tr className="h-8 *:sticky *:top-0 *:z-10 *:bg-surface *:font-normal *:shadow-[inset_0_-1px_var(--line)]">
            {head}
          </tr>
        </thead>
        {/* Here once for all rows, so that a row is drawn again only when it shows something else. */}
        <tbody onKeyDown={onKeyDown} onClick={onPress} onFocus={onFocus}>
          {virtualizer.getVirtualItems().map(({ index, start, end }) => {
            const row = rows[index];
            if (!row) return null;
            const gap = start - drawnTo;
            drawnTo = end;
            return (
              <Fragment key={row.key}>
                <Gap height={gap} />
                <Row
                  row={row}
                  index={index}
                  tabIndex={index === focusedIndex ? 0 : -1}
                  Cells={Cells as ComponentType<GridCellsProps<GridRow>>}
                  className={classNames(
                    dense ? 'hover:bg-hover' : 'border-b border-line hover:bg-hover/60',
                    rowClass?.(row),
                  )}
                />
              </Fragment>
            );
          })}
          <Gap height={virtualizer.getTotalSize() - drawnTo} />
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  row: GridRow;
  index: number;
  tabIndex: 0 | -1;
  Cells: ComponentType<GridCellsProps<GridRow>>;
  className: string;
}

const Row = memo(
  function Row({ row, index, tabIndex, Cells, className }: RowProps) {
    return (
      <tr
        data-index={index}
        data-key={row.key}
        tabIndex={tabIndex}
        aria-rowindex={index + 2}
        aria-level={row.level}
        aria-posinset={row.position}
        aria-setsize={row.siblings}
        aria-expanded={row.open ?? undefined}
        aria-keyshortcuts={row.shortcuts}
        aria-label={row.name ?? undefined}
        style={{ height: row.height }}
        className={classNames('group align-middle outline-offset-[-2px]', className)}
      >
        <Cells row={row} tabIndex={tabIndex} />
      </tr>
    );
  },
  (before, after) =>
    before.index === after.index &&
    before.tabIndex === after.tabIndex &&
    before.className === after.className &&
    before.Cells === after.Cells &&
    isEqual(before.row, after.row),
);

/** Field by field, the fields themselves by identity. */
function isEqual(a: GridRow, b: GridRow): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  const other: Record<string, unknown> = { ...b };
  return (
    keys.length === Object.keys(b).length && Object.entries(a).every(([key, value]) => other[key] === value)
  );
}

/** The room of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return <tr aria-hidden style={{ height }} />;
}

function groupIndex(rows: readonly GridRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < level) return above;
  return index;
}
