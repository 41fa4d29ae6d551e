import { CircleCheck, CircleSlash, CircleX, ListChecks, LoaderCircle } from 'lucide-react';
import type { Job } from '../../../contract/records.ts';
import { useJobs, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Page } from '../../ui/page.tsx';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { JobProgress } from '../../vocabulary/job-progress.tsx';

const ageTickMs = 10_000;

/** Everything that takes a while, newest first. */
export function ActivityPage() {
  const jobs = useJobs();
  const now = useNow(ageTickMs);
  return (
    <Page title="Activity" note="Work that takes a while: composing images, fetching emulators and tools">
      {jobs.length === 0 ? (
        <EmptyState icon={<ListChecks />} title="Nothing has been going on">
          <p>
            Composing the guest image or fetching an emulator shows up here, with its progress and its errors.
          </p>
        </EmptyState>
      ) : (
        <ul
          aria-label="Jobs"
          className="divide-y divide-line rounded-lg border border-line bg-surface shadow-card"
        >
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} now={now} />
          ))}
        </ul>
      )}
    </Page>
  );
}

const icons = {
  running: <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />,
  done: <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />,
  failed: <CircleX aria-hidden className="size-4 shrink-0 text-bad" />,
  cancelled: <CircleSlash aria-hidden className="size-4 shrink-0 text-faint" />,
};

const words = { running: 'Under way', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

function JobRow({ job, now }: { job: Job; now: number }) {
  const cancelling = usePending(`job:cancel:${job.id}`);
  const unavailable = useUnavailable();
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-0.5">
        {icons[job.state]}
        <Untrusted text={job.title} className="min-w-0 flex-1 basis-52 truncate font-medium" />
        <span className="text-sm text-muted tabular-nums max-sm:order-last max-sm:w-full max-sm:pl-7">
          {words[job.state]}
          {job.finishedAt === null
            ? ''
            : ` ${formatAge(now - job.finishedAt)}, took ${formatDuration(job.finishedAt - job.startedAt)}`}
        </span>
        {job.state === 'running' ? (
          <Button
            size="sm"
            busy={cancelling}
            unavailable={unavailable}
            onClick={() =>
              void perform(`job:cancel:${job.id}`, (client) => client.job.cancel({ id: job.id }))
            }
          >
            Cancel
          </Button>
        ) : null}
      </div>
      {job.state === 'running' ? <JobProgress job={job} /> : null}
      {job.error ? (
        <ErrorPanel message={job.error.message} hint={job.error.hint} details={job.error.details} />
      ) : null}
    </li>
  );
}
