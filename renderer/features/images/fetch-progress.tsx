import { ErrorPanel } from '../../ui/error-panel.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { JobProgress } from '../../vocabulary/job-progress.tsx';
import type { ImageFetch } from './use-image-fetch.ts';

/** How far the work of a dialog is, or why it failed. `label` says what it is. */
export function FetchProgress({ fetch, label }: { fetch: ImageFetch; label: string }) {
  return (
    <div className="flex flex-col gap-2 empty:hidden">
      {fetch.busy ? (
        <>
          <p role="status" className="sr-only">
            {label}
          </p>
          {fetch.job ? <JobProgress job={fetch.job} /> : <ProgressBar fraction={null} label={label} />}
        </>
      ) : null}
      {fetch.error ? (
        <ErrorPanel message={fetch.error.message} hint={fetch.error.hint} details={fetch.error.details} />
      ) : null}
    </div>
  );
}
