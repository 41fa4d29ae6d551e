import { memo } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import { ansiSpans } from './ansi-spans.ts';
import type { KeptLine } from './log-buffer.ts';
import { withMatches } from './with-matches.ts';

export interface LogLineViewProps {
  line: KeptLine;
  times: boolean;
  /** Lower case. */
  search: string;
  /** The match a person is at. */
  current: boolean;
}

/** One line of a log in its colours; what came on stderr has a mark at its left. */
export const LogLineView = memo(function LogLineView({ line, times, search, current }: LogLineViewProps) {
  return (
    <span className={classNames('flex gap-2', current && 'bg-accent-soft')}>
      <span
        aria-hidden
        className={classNames('w-0.5 shrink-0 self-stretch', line.from === 'stderr' && 'bg-warn-lamp')}
      />
      {line.from === 'stderr' ? <span className="sr-only">Error output: </span> : null}
      {times ? (
        <span className="shrink-0 text-faint tabular-nums">{line.at === null ? '' : timeWords(line.at)}</span>
      ) : null}
      <bdi className="min-w-0 flex-1">
        {withMatches(ansiSpans(line.text), search).map(({ text, classes, color, matches }, index) =>
          matches ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line have no other name
            <mark key={index} className="rounded-xs bg-warn-lamp/50 text-ink">
              {text}
            </mark>
          ) : (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line have no other name
              key={index}
              className={classes || undefined}
              style={color === null ? undefined : { color }}
            >
              {text}
            </span>
          ),
        )}
      </bdi>
    </span>
  );
});

/** "2026-11-22 11:52:03.123", by this computer's time zone. */
export function timeWords(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 23).replace('T', ' ');
}
