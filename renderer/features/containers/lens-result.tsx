import { useState } from 'react';
import type { LensCall, LensReport } from '../../../contract/syscall-lens.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatDuration } from '../../ui/text/duration.ts';
import { plainLines, plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';

/** What matters stands first; the rest is one click away. */
const shownCalls = 10;

export interface LensResultProps {
  report: LensReport;
  /** Since when the copy runs, by the page's clock; null when it does not any more. */
  since: number | null;
}

/** One report of the lens: how it goes, the calls, the program's last lines. */
export function LensResult({ report, since }: LensResultProps) {
  const running = since !== null;
  const now = useNow(running ? 1_000 : null);
  const elapsedMs = running ? Math.max(0, Math.floor((now - since) / 1_000) * 1_000) : report.elapsedMs;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted tabular-nums">
        <span role="status">{running ? 'The copy is running' : stateWords(report)}</span>
        {' · '}
        {formatDuration(elapsedMs).replace('.0 s', ' s')}
        {report.truncated ? ' · it printed more than is read here, so counts are too low' : ''}
      </p>
      {report.state === 'failed' ? (
        <ErrorPanel message={report.problem ?? 'The copy could not be observed.'} />
      ) : report.problem === null ? null : (
        <ErrorPanel tone="warn" message={report.problem} />
      )}
      {report.calls.length > 0 ? (
        <CallTable calls={report.calls} />
      ) : report.state === 'failed' ? null : (
        <p>{noCalls(report, running)}</p>
      )}
      {report.tail.length > 0 ? (
        <details>
          <summary className="w-fit rounded text-sm text-muted hover:text-ink">Its last lines</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre tabIndex={0} className="mt-1.5 max-h-56 overflow-auto rounded bg-sunken p-2 font-mono text-xs">
            {plainLines(report.tail.join('\n'))}
          </pre>
        </details>
      ) : null}
    </div>
  );
}

function stateWords({ state, exitCode }: LensReport): string {
  switch (state) {
    case 'running':
      return 'The connection to the copy was lost';
    case 'exited':
      return exitCode === null ? 'It ended by itself' : `It ended by itself with exit code ${exitCode}`;
    case 'stopped':
      return 'Stopped';
    case 'failed':
      return 'Failed';
  }
}

function noCalls({ mode }: LensReport, running: boolean): string {
  if (mode === 'strace') return running ? 'No call seen yet.' : 'No call was seen.';
  return running
    ? 'Nothing is missing so far.'
    : 'Nothing was missing: the emulator has every system call the program made.';
}

function CallTable({ calls }: { calls: readonly LensCall[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? calls : calls.slice(0, shownCalls);
  return (
    <>
      <div className="overflow-x-auto rounded-md border border-line">
        <table aria-label="System calls" className="w-full text-left">
          <thead className="text-xs text-faint">
            <tr className="h-7 border-b border-line">
              <th className="pl-3 font-normal">Call</th>
              <th className="w-16 px-2 text-right font-normal">Count</th>
              <th className="w-28 pr-3 pl-2 font-normal">Errors</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {shown.map((call) => (
              <CallRow key={`${call.number} ${call.name}`} call={call} />
            ))}
          </tbody>
        </table>
      </div>
      {calls.length > shownCalls ? (
        <Button size="sm" kind="quiet" className="self-start" onClick={() => setAll(!all)}>
          {all ? 'Show the first ones only' : `Show all ${calls.length}`}
        </Button>
      ) : null}
    </>
  );
}

function CallRow({ call }: { call: LensCall }) {
  const errors = Object.entries(call.errors);
  return (
    <tr className="align-top">
      <td className="py-1.5 pl-3">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-mono text-sm wrap-anywhere">
            <Untrusted text={call.name} />
            {call.number === null ? null : <span className="text-faint"> ({call.number})</span>}
          </span>
          {call.unsupported ? <Pill tone="bad">not in the emulator</Pill> : null}
        </span>
        {call.advice === null ? null : (
          <p className="max-w-xl text-sm text-muted">
            <Untrusted text={call.advice} />
          </p>
        )}
      </td>
      <td className="px-2 py-1.5 text-right text-sm tabular-nums">{call.count}</td>
      <td className="py-1.5 pr-3 pl-2 font-mono text-xs leading-4.5">
        {errors.length === 0 ? '–' : null}
        {errors.map(([name, count]) => (
          <span key={name} className="block whitespace-nowrap">
            {plainText(name)} × {count}
          </span>
        ))}
      </td>
    </tr>
  );
}
