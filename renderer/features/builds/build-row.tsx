import { CircleCheck, CircleSlash, CircleX, Eraser, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { Build } from '../../../contract/builds.ts';
import type { WireError } from '../../../contract/errors.ts';
import { RowFrame } from '../../docker-objects/row-frame.tsx';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BuildDetails } from './build-details.tsx';
import { buildName, buildNote, stepsNote } from './build-words.ts';

const icons = {
  running: <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />,
  completed: <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />,
  failed: <CircleX aria-hidden className="size-4 shrink-0 text-bad" />,
  cancelled: <CircleSlash aria-hidden className="size-4 shrink-0 text-faint" />,
};

const words = { running: 'Building', completed: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

export interface BuildRowProps {
  vm: string;
  build: Build;
  open: boolean;
  onToggle: () => void;
}

/** One build: what it made, for which platforms, how it went. */
export function BuildRow({ vm, build, open, onToggle }: BuildRowProps) {
  const { ref, status, startedAt, finishedAt } = build;
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(status === 'running' ? 1_000 : 60_000);
  const unavailable = useDockerUnavailable(vm);
  const forget = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(`build:forget:${vm}/${ref}`, (client) =>
      client.build.forget({ vm, id: ref }),
    );
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  const steps = stepsNote(build);
  return (
    <RowFrame
      name={plainText(buildName(build))}
      stale={unavailable !== undefined}
      open={open}
      onToggle={onToggle}
      title={
        <>
          <p className="truncate font-medium">
            <Untrusted text={buildName(build)} />
          </p>
          <p className="truncate text-xs text-muted">
            <Untrusted text={buildNote(build)} />
          </p>
        </>
      }
      middle={
        <div className="flex items-start gap-2">
          <span className="mt-0.5">{icons[status]}</span>
          <div className="min-w-0">
            <p>{words[status]}</p>
            <p className="truncate text-xs text-muted">
              {build.error === null ? steps : <Untrusted text={build.error} />}
            </p>
          </div>
        </div>
      }
      end={
        <>
          <span className="block">
            {formatDuration(
              Math.max(0, Math.floor(((finishedAt ?? now) - startedAt) / 1_000) * 1_000),
            ).replace('.0 s', ' s')}
          </span>
          <span className="block text-xs leading-4.5 text-faint">{formatAge(now - startedAt)}</span>
        </>
      }
      actions={[
        {
          label: 'Forget',
          note: 'Only this entry: its image and its cache stay.',
          icon: <Eraser aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />,
          unavailable: unavailable ?? (status === 'running' ? 'It is still building' : undefined),
          onSelect: () => void forget(),
        },
      ]}
      problem={
        error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null
      }
      details={<BuildDetails vm={vm} build={build} />}
    />
  );
}
