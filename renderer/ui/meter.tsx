import { Plot, PlotSwatch, type PlotTone } from './plot.tsx';
import { type HistoryPoint, historySpanMs, valuesOf } from './sample-history.ts';

export interface MeterProps<T> {
  title: string;
  /** What it is a part of: "of 2 GiB". */
  of: string;
  history: readonly HistoryPoint<T>[];
  max: number;
  format: (value: number) => string;
  lines: readonly { name: string; tone: PlotTone; pick: (sample: T) => number | null }[];
  /** The page's theme: a canvas does not follow it by itself. */
  dark: boolean;
}

/** One thing measured: its plot, and each line's newest value. As high without figures as with them. */
export function Meter<T>({ title, of, history, max, format, lines, dark }: MeterProps<T>) {
  const latest = history.at(-1)?.sample;
  return (
    <section aria-label={title} className="flex min-w-0 flex-col">
      <h3 className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{title}</span>
        <span className="text-sm text-muted tabular-nums">{of}</span>
      </h3>
      <div className="mt-1">
        <Plot
          label={`${title} over the last two minutes`}
          times={history.map(({ at }) => at / 1_000)}
          lines={lines.map(({ tone, pick }) => ({ tone, values: valuesOf(history, pick) }))}
          max={max > 0 ? max : 1}
          maxLabel={latest ? format(max) : ''}
          spanSeconds={historySpanMs / 1_000}
          dark={dark}
        />
      </div>
      <dl className="mt-1.5 flex flex-col gap-0.5 text-sm">
        {lines.map(({ name, tone, pick }) => {
          const value = latest ? pick(latest) : null;
          return (
            <div key={name} className="flex items-center gap-2">
              <PlotSwatch tone={tone} />
              <dt className="min-w-0 flex-1 truncate text-muted">{name}</dt>
              <dd className="shrink-0 tabular-nums">{value === null ? '–' : format(value)}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
