import type { Job } from '../../contract/records.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { formatBytes } from '../ui/text/bytes.ts';
import { formatDuration } from '../ui/text/duration.ts';
import { plainText } from '../ui/text/plain-text.ts';
import { useNow } from '../ui/use-now.ts';

/** How far a running job is: phase, bytes, rate, time. Two lines high whatever is known. */
export function JobProgress({ job }: { job: Job }) {
  const now = useNow(1_000);
  const { progress } = job;
  const fraction =
    progress?.totalBytes != null && progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : null;
  return (
    <div className="flex flex-col gap-1.5">
      <ProgressBar fraction={fraction} label={plainText(job.title)} />
      <p className="flex flex-wrap justify-between gap-x-4 text-sm text-muted tabular-nums">
        <span className="inline-block first-letter:uppercase">{plainText(job.phase)}</span>
        <span>
          {progress ? `${bytesText(progress)} · ` : ''}
          {formatDuration(Math.max(0, Math.floor((now - job.startedAt) / 1_000) * 1_000)).replace(
            '.0 s',
            ' s',
          )}
        </span>
      </p>
    </div>
  );
}

function bytesText(progress: NonNullable<Job['progress']>): string {
  const done = formatBytes(progress.doneBytes);
  const all = progress.totalBytes === null ? done : `${done} of ${formatBytes(progress.totalBytes)}`;
  return progress.bytesPerSecond > 0 ? `${all} · ${formatBytes(progress.bytesPerSecond)}/s` : all;
}
