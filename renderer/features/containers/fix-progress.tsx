import { CircleCheck } from 'lucide-react';
import type { Container } from '../../../contract/records.ts';
import { useNewJobs } from '../../state/new-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { JobProgress } from '../../vocabulary/job-progress.tsx';
import { dismissFixRun, type FixRun, useFixRuns } from './fix-runs.ts';

/** What a pressed fix is doing, then what it did; nothing when none was pressed. */
export function FixProgress({ container }: { container: Container }) {
  const run = useFixRuns((runs) => runs[container.id]);
  if (!run) return null;
  switch (run.phase) {
    case 'working':
      return <Working run={run} />;
    case 'failed':
      return (
        <ErrorPanel
          message={run.error.message}
          hint={run.error.hint}
          details={run.error.details}
          actions={
            <Button size="sm" onClick={() => dismissFixRun(container.id)}>
              Dismiss
            </Button>
          }
        />
      );
    case 'done':
      return (
        <div
          role="status"
          className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5 rounded-md border border-good/30 bg-good-soft px-3 py-2"
        >
          <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
          <Untrusted text={run.outcome.message} className="min-w-0 flex-1 basis-52 wrap-anywhere" />
          {run.outcome.container === null || run.outcome.container === container.id ? null : (
            <a
              href={`#/containers/${encodeURIComponent(run.outcome.container)}`}
              className="rounded font-medium text-accent underline"
            >
              Show the new container
            </a>
          )}
          <Button size="sm" kind="quiet" onClick={() => dismissFixRun(container.id)}>
            Dismiss
          </Button>
        </div>
      );
  }
}

/** A fix that fetches something makes a job for it. */
function Working({ run }: { run: FixRun }) {
  const jobs = useNewJobs(run.known, ['docker-image', 'emulator']);
  const label = plainText(run.fix.label);
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line bg-surface px-3 py-2.5">
      <p role="status">
        Under way: <Untrusted text={label} className="font-medium" />
      </p>
      {jobs.length > 0 ? (
        jobs.map((job) => <JobProgress key={job.id} job={job} />)
      ) : (
        <ProgressBar fraction={null} label={label} />
      )}
    </div>
  );
}
