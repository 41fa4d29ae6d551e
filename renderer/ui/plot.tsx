import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type PlotTone = 'accent' | 'ink' | 'faint';

export interface PlotLine {
  tone: PlotTone;
  /** One for each time; null where nothing was measured. */
  values: readonly (number | null)[];
}

export interface PlotProps {
  /** What it shows, for who cannot see it; the figures themselves are text beside it. */
  label: string;
  /** Epoch seconds, ascending. */
  times: readonly number[];
  /** As many as at first, always, and as they looked then. */
  lines: readonly PlotLine[];
  /** The values' scale begins at 0 and ends here. */
  max: number;
  /** `max` in words. */
  maxLabel: string;
  /** Shown up to the last time, seconds. */
  spanSeconds: number;
  /** The page's theme: a canvas does not follow it by itself. */
  dark: boolean;
}

/** Lines differ by more than their colour. Dashes in pixels. */
const looks: Record<PlotTone, { color: string; width: number; dash: number[] }> = {
  accent: { color: '--accent', width: 2, dash: [] },
  ink: { color: '--ink', width: 1.25, dash: [] },
  faint: { color: '--faint', width: 1.25, dash: [4, 3] },
};

const heightPx = 56;

/** A few lines over the last seconds on one scale. Its size does not depend on what it shows. */
export function Plot({ label, times, lines, max, maxLabel, spanSeconds, dark }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const range = useRef({ until: 0, max });
  const [tones] = useState(() => lines.map(({ tone }) => tone));
  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const made = new uPlot(
      {
        width: parent.clientWidth,
        height: heightPx,
        padding: [2, 2, 2, 2],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { range: () => [range.current.until - spanSeconds, range.current.until] },
          y: { range: () => [0, range.current.max] },
        },
        series: [{}, ...tones.map((tone) => seriesOf(parent, tone))],
      },
      undefined,
      parent,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: heightPx }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [tones, spanSeconds]);
  useEffect(() => {
    range.current = { until: times.at(-1) ?? 0, max };
    plot.current?.setData([[...times], ...lines.map(({ values }) => [...values])]);
  }, [times, lines, max]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again because the colours are others now
  useEffect(() => plot.current?.redraw(), [dark]);
  return (
    <div role="img" aria-label={label} className="relative border-t border-b border-line border-t-line/60">
      <span aria-hidden className="absolute top-0.5 left-0 text-xs text-faint tabular-nums">
        {maxLabel}
      </span>
      <div ref={host} style={{ height: heightPx }} className="overflow-hidden" />
    </div>
  );
}

function seriesOf(element: Element, tone: PlotTone): uPlot.Series {
  const { color, width, dash } = looks[tone];
  return {
    stroke: () => getComputedStyle(element).getPropertyValue(color),
    width,
    dash,
    points: { show: false },
  };
}

/** The line as its legend shows it. */
export function PlotSwatch({ tone }: { tone: PlotTone }) {
  const { color, width, dash } = looks[tone];
  return (
    <svg aria-hidden="true" viewBox="0 0 16 4" className="h-1 w-4 shrink-0">
      <line
        x1="0"
        y1="2"
        x2="16"
        y2="2"
        style={{ stroke: `var(${color})`, strokeWidth: width, strokeDasharray: dash.join(' ') || undefined }}
      />
    </svg>
  );
}
