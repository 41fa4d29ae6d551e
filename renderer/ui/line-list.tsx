import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { classNames } from './class-names.ts';

/** Of one line that is not wrapped; the class below says the same. */
const lineHeight = 20;

/** Drawn above and below what is in view, so that fast scrolling shows no gaps. */
const overscanLines = 20;

/** Nearer to the end than this counts as at the end, pixels. */
const endSlack = 8;

export interface LineListHandle {
  show(index: number): void;
}

export interface LineListProps {
  label: string;
  /** `log`: what comes is not read out, but can be found as a log. */
  role: 'log' | 'region';
  count: number;
  /** Unique and lasting; also what a line is drawn anew for. */
  keyOf: (index: number) => number;
  line: (index: number) => ReactNode;
  /** Long lines take several rows instead of scrolling sideways. */
  wrap: boolean;
  /** Stays at the end while lines come. */
  follow?: boolean;
  /** A person has scrolled away from the end, or back to it. */
  onFollow?: (follow: boolean) => void;
  className?: string;
  ref?: Ref<LineListHandle>;
}

/** Lines of text in any number, of which only those in view are drawn. */
export function LineList(props: LineListProps) {
  const { label, role, count, keyOf, line, wrap, follow = false, onFollow, className, ref } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const virtualizer: Virtualizer<HTMLDivElement, Element> = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: keyOf,
    overscan: overscanLines,
    paddingStart: 6,
    paddingEnd: 6,
  });
  useImperativeHandle(ref, () => ({
    show: (index) => virtualizer.scrollToIndex(index, { align: 'center' }),
  }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: every line may have another height now
  useLayoutEffect(() => virtualizer.measure(), [wrap, virtualizer]);
  const totalSize = virtualizer.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines have come, or have been measured
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!follow || !element) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [follow, totalSize, count, wrap]);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles take a label
    <div
      ref={scroller}
      role={role}
      aria-label={label}
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: element }) => {
        const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= endSlack;
        // Lines that come move the end away; only going up leaves it.
        if (follow && element.scrollTop < lastTop.current - endSlack && !atEnd) onFollow?.(false);
        else if (!follow && atEnd && element.scrollTop > lastTop.current) onFollow?.(true);
        lastTop.current = element.scrollTop;
      }}
      className={classNames(
        'overflow-auto rounded-lg border border-line bg-sunken font-mono text-sm leading-5 outline-offset-[-2px]',
        className,
      )}
    >
      <div className="relative min-w-full" style={{ height: totalSize }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={wrap ? virtualizer.measureElement : undefined}
            style={{ transform: `translateY(${item.start}px)` }}
            className={classNames(
              'absolute top-0 left-0 min-h-5 min-w-full px-3',
              wrap ? 'w-full wrap-anywhere whitespace-pre-wrap' : 'w-max whitespace-pre',
            )}
          >
            {line(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
