import { CircleCheck, CircleDashed, CircleX, LoaderCircle, Zap } from 'lucide-react';
import type { Build, BuildReport, BuildStep } from '../../../contract/builds.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDuration } from '../../ui/text/duration.ts';
import { plainLines } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useBuildReport } from './use-build-report.ts';

const icons = {
  waiting: <CircleDashed aria-hidden className="size-3.5 shrink-0 text-faint" />,
  running: <LoaderCircle aria-hidden className="size-3.5 shrink-0 animate-spin text-accent" />,
  done: <CircleCheck aria-hidden className="size-3.5 shrink-0 text-good" />,
  cached: <Zap aria-hidden className="size-3.5 shrink-0 text-muted" />,
  failed: <CircleX aria-hidden className="size-3.5 shrink-0 text-bad" />,
};

const words = {
  waiting: 'waiting',
  running: 'under way',
  done: '',
  cached: 'from the cache',
  failed: 'failed',
};

/** What a build did, step by step, and what it wrote. */
export function BuildDetails({ vm, build }: { vm: string; build: Build }) {
  const { report, omitted, error } = useBuildReport(vm, build.ref);
  if (error) return <ErrorPanel message={error.message} hint={error.hint} details={error.details} />;
  if (report === null) {
    return (
      <p role="status" className="py-1 text-sm text-muted">
        Asking BuildKit…
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-3 pb-1">
      {report.steps.length === 0 ? (
        <p className="text-sm text-muted">BuildKit kept no steps of it.</p>
      ) : (
        <ol aria-label="Steps" className="flex flex-col gap-1">
          {report.steps.map((step) => (
            <Step key={step.id} step={step} />
          ))}
        </ol>
      )}
      <Log report={report} omitted={omitted} />
    </div>
  );
}

function Step({ step }: { step: BuildStep }) {
  const { name, state, startedAt, finishedAt, error } = step;
  const ms = startedAt !== null && finishedAt !== null ? finishedAt - startedAt : null;
  return (
    <li className="flex min-w-0 items-start gap-2 text-sm">
      <span className="mt-0.5">{icons[state]}</span>
      <span className="min-w-0 flex-1">
        <Untrusted text={name} className="wrap-anywhere font-mono text-xs" />
        {error === null ? null : (
          <span className="block wrap-anywhere text-bad">
            <Untrusted text={error} />
          </span>
        )}
      </span>
      <span className="shrink-0 text-muted tabular-nums">
        {words[state] || (ms === null ? '' : formatDuration(ms))}
        <span className="sr-only">{state === 'done' ? ' done' : ''}</span>
      </span>
    </li>
  );
}

function Log({ report, omitted }: { report: BuildReport; omitted: number }) {
  if (report.lines.length === 0) return null;
  const text = plainLines(report.lines.map((line) => line.text).join('\n'));
  return (
    <div>
      <p className="flex items-center justify-between text-xs text-faint">
        {omitted > 0 ? `Log, without its first ${omitted} lines` : 'Log'}
        <CopyButton text={text} label="Copy the log" />
      </p>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label="Log"
        className="max-h-80 overflow-auto rounded-md bg-sunken p-2.5"
      >
        <pre className="font-mono text-xs">{text}</pre>
      </section>
    </div>
  );
}
