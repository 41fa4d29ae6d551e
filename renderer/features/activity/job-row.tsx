import { CircleCheck, CircleSlash, CircleX, LoaderCircle } from 'lucide-react';
import type { Job } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { JobProgress } from '../../vocabulary/job-progress.tsx';
import { jobHref } from './activity-links.ts';

const icons = {
  running: <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />,
  done: <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />,
  failed: <CircleX aria-hidden className="size-4 shrink-0 text-bad" />,
  cancelled: <CircleSlash aria-hidden className="size-4 shrink-0 text-faint" />,
};

const words = { running: 'Under way', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

/** Work that takes a while: its progress, its outcome, a way to what it is for. */
export function JobRow({ job, now }: { job: Job; now: number }) {
  const cancelling = usePending(`job:cancel:${job.id}`);
  const unavailable = useUnavailable();
  const href = jobHref(job);
  const title = <Untrusted text={job.title} />;
  return (
    <div className="flex flex-col gap-2 px-4 py-2.5">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-0.5">
        {icons[job.state]}
        <span className="min-w-0 flex-1 basis-52 truncate font-medium">
          {href === undefined ? (
            title
          ) : (
            <a href={href} className="rounded hover:text-accent hover:underline">
              {title}
            </a>
          )}
        </span>
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
    </div>
  );
}
