import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { classNames } from './class-names.ts';

/** Drawn above and below what is in view: fast scrolling shows no gaps, and Tab finds the next row. */
const overscanRows = 8;

/** So few rows are all drawn: the browser's own search finds them, and nothing is gained by leaving some out. */
const allRows = 60;

export interface VirtualListProps<T> {
  label: string;
  items: readonly T[];
  /** Unique among the items; also what a row remembers its height by. */
  keyOf: (item: T) => string;
  /** A row's name for screen readers. */
  nameOf?: (item: T) => string;
  /** A row's usual height, pixels; each is measured once it is drawn. */
  rowPx: number;
  /** Brought into view as soon as it is among the items, once. */
  shownKey?: string | null | undefined;
  className?: string;
  children: (item: T) => ReactNode;
}

/**
 * A list which scrolls with the page it is on (its `main`): of thousands of rows only those in view are drawn. Rows may
 * have any height and change it.
 */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const { label, items, keyOf, nameOf, rowPx, shownKey, className, children } = props;
  const list = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  const [focused, setFocused] = useState<string | null>(null);
  const focusedIndex = focused === null ? -1 : items.findIndex((item) => keyOf(item) === focused);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => list.current?.closest('main') ?? null,
    estimateSize: () => rowPx,
    getItemKey: (index) => keyAt(items, index, keyOf),
    overscan: overscanRows,
    scrollMargin: above,
    rangeExtractor: (range) => {
      if (range.count <= allRows) return Array.from({ length: range.count }, (_, index) => index);
      const drawn = defaultRangeExtractor(range);
      // The row with the focus stays drawn, or scrolling away would drop the focus.
      if (focusedIndex === -1 || drawn.includes(focusedIndex)) return drawn;
      return [...drawn, focusedIndex].sort((a, b) => a - b);
    },
  });
  // What stands above the list may come and go.
  useLayoutEffect(() => {
    const scroller = list.current?.closest('main');
    if (!list.current || !scroller) return;
    const top = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setAbove(Math.round(top + scroller.scrollTop));
  });
  const shownIndex = shownKey == null ? -1 : items.findIndex((item) => keyOf(item) === shownKey);
  const there = shownIndex !== -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it comes; where it moves later, it is not followed
  useEffect(() => {
    if (there) virtualizer.scrollToIndex(shownIndex, { align: 'center' });
  }, [shownKey, there]);
  return (
    <ul
      ref={list}
      aria-label={label}
      onFocus={(event: FocusEvent) => {
        const row = event.target.closest<HTMLElement>('[data-index]');
        if (row) setFocused(keyAt(items, Number(row.dataset.index), keyOf));
      }}
      className={classNames('relative rounded-lg border border-line bg-surface shadow-card', className)}
      style={{ height: virtualizer.getTotalSize() + borderPx }}
    >
      {virtualizer.getVirtualItems().map((row) => {
        const item = items[row.index];
        return item === undefined ? null : (
          <li
            key={row.key}
            ref={virtualizer.measureElement}
            data-index={row.index}
            aria-label={nameOf?.(item)}
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            className={classNames(
              'absolute inset-x-0 top-0',
              row.index < items.length - 1 && 'border-b border-line',
            )}
            style={{ transform: `translateY(${row.start - above}px)` }}
          >
            {children(item)}
          </li>
        );
      })}
    </ul>
  );
}

/** Above and below, one pixel each. */
const borderPx = 2;

function keyAt<T>(items: readonly T[], index: number, keyOf: (item: T) => string): string {
  const item = items[index];
  return item === undefined ? '' : keyOf(item);
}
