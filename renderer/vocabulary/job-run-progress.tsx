import type { JobRun } from '../state/use-job-run.ts';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { JobProgress } from './job-progress.tsx';

/** How far the work of a dialog is, or why it failed. `label` says what it is. */
export function JobRunProgress({ run, label }: { run: JobRun; label: string }) {
  return (
    <div className="flex flex-col gap-2 empty:hidden">
      {run.busy ? (
        <>
          <p role="status" className="sr-only">
            {label}
          </p>
          {run.job ? <JobProgress job={run.job} /> : <ProgressBar fraction={null} label={label} />}
        </>
      ) : null}
      {run.error ? (
        <ErrorPanel message={run.error.message} hint={run.error.hint} details={run.error.details} />
      ) : null}
    </div>
  );
}
