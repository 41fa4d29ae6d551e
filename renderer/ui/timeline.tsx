import { classNames } from './class-names.ts';
import { formatDuration } from './text/duration.ts';

export interface TimelineStep {
  id: string;
  label: string;
  /** Milliseconds from the timeline's start. `endMs` null while the step is under way or has not begun. */
  startMs: number;
  endMs: number | null;
  state: 'done' | 'now' | 'waiting' | 'failed';
}

export interface TimelineProps {
  label: string;
  steps: readonly TimelineStep[];
  /** Where a step under way ends for now, and the least width of the scale. */
  elapsedMs: number;
}

const dots: Record<TimelineStep['state'], string> = {
  done: 'bg-good-lamp',
  now: 'bg-accent motion-safe:animate-breathe',
  waiting: 'border border-line-strong',
  failed: 'bg-bad-lamp',
};

const bars: Record<TimelineStep['state'], string> = {
  done: 'bg-accent/70',
  now: 'bg-accent',
  waiting: 'bg-transparent',
  failed: 'bg-bad-lamp',
};

const words: Record<TimelineStep['state'], string> = {
  done: 'done',
  now: 'under way',
  waiting: 'waiting',
  failed: 'failed',
};

/** Steps on a common time scale, each with when it was reached. Every row keeps its place while it runs. */
export function Timeline({ label, steps, elapsedMs }: TimelineProps) {
  const scaleMs = Math.max(1, elapsedMs, ...steps.map((step) => step.endMs ?? 0));
  const percent = (ms: number): string => `${Math.min(100, Math.max(0, (ms / scaleMs) * 100))}%`;
  return (
    <ol aria-label={label} className="flex flex-col">
      {steps.map((step) => {
        const endMs = step.endMs ?? (step.state === 'waiting' ? step.startMs : elapsedMs);
        return (
          <li
            key={step.id}
            aria-current={step.state === 'now' ? 'step' : undefined}
            className="grid h-6 grid-cols-[10.5rem_minmax(0,1fr)_3.5rem] items-center gap-3"
          >
            <span className="flex min-w-0 items-center gap-2">
              <span aria-hidden className={classNames('size-1.5 shrink-0 rounded-full', dots[step.state])} />
              <span
                className={classNames(
                  'truncate',
                  step.state === 'waiting' && 'text-faint',
                  step.state === 'failed' && 'font-medium text-bad',
                  step.state === 'now' && 'font-medium',
                )}
              >
                {step.label}
              </span>
              <span className="sr-only">, {words[step.state]}</span>
            </span>
            <span aria-hidden className="relative h-1.5 rounded-full bg-hover">
              <span
                className={classNames('absolute inset-y-0 min-w-[3px] rounded-full', bars[step.state])}
                style={{ left: percent(step.startMs), right: `calc(100% - ${percent(endMs)})` }}
              />
            </span>
            <span className="text-right text-sm text-muted tabular-nums">
              {step.endMs === null && step.state !== 'now' ? '' : formatDuration(endMs)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
