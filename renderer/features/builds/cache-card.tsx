import { Eraser, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { BuildCache, CacheEntry } from '../../../contract/builds.ts';
import { PruneDialog } from '../../docker-objects/prune-dialog.tsx';
import { WaitingLine } from '../../docker-objects/waiting-line.tsx';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { useCall } from '../../state/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';

const ageTickMs = 60_000;

/** The largest matter; `docker buildx du` lists the rest. */
const shownEntries = 100;

/** BuildKit's cache: what it takes, what could go, the largest entries. */
export function CacheCard({ vm }: { vm: string }) {
  const cache = useCall((client, signal) => client.build.cache({ vm }, { signal }));
  const [pruning, setPruning] = useState(false);
  const unavailable = useDockerUnavailable(vm);
  const { start, since, value, error } = cache;
  const away = unavailable !== undefined;
  useEffect(() => {
    if (!away) start();
  }, [away, start]);
  return (
    <Card
      title="Build cache"
      note={value ? summary(value) : undefined}
      actions={
        <>
          <Button
            size="sm"
            icon={<RefreshCw aria-hidden className="size-3" />}
            busy={since !== null}
            unavailable={unavailable}
            onClick={start}
          >
            Measure again
          </Button>
          <Button
            size="sm"
            icon={<Eraser aria-hidden className="size-3" />}
            unavailable={unavailable}
            onClick={() => setPruning(true)}
          >
            Prune…
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {error ? (
          <ErrorPanel message={error.message} hint={error.hint} details={error.details} />
        ) : value === null ? (
          since === null ? (
            <p className="py-2 text-muted">Not measured yet.</p>
          ) : (
            <WaitingLine label="Docker is measuring the build cache" since={since} />
          )
        ) : value.entries.length === 0 ? (
          <p className="py-2 text-muted">Empty: nothing has been built here, or the cache was pruned.</p>
        ) : (
          <Entries cache={value} />
        )}
      </div>
      {pruning ? (
        <PruneDialog
          vm={vm}
          targets={['build-cache']}
          onClose={() => {
            setPruning(false);
            start();
          }}
        />
      ) : null}
    </Card>
  );
}

function summary({ totalBytes, reclaimableBytes, entries }: BuildCache): string {
  if (entries.length === 0) return '';
  return `${formatBytes(totalBytes)}, of which ${formatBytes(reclaimableBytes)} can be freed`;
}

function Entries({ cache }: { cache: BuildCache }) {
  const now = useNow(ageTickMs);
  const shown = cache.entries.slice(0, shownEntries);
  return (
    <div className="-mx-4 overflow-x-auto">
      <table aria-label="Largest cache entries" className="w-full table-fixed text-left">
        <thead className="text-xs text-faint">
          <tr className="h-7">
            <th className="pl-4 font-normal">Made by</th>
            <th className="w-28 font-normal max-sm:hidden">Used</th>
            <th className="w-24 pr-4 text-right font-normal">Size</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line">
          {shown.map((entry) => (
            <Entry key={entry.id} entry={entry} now={now} />
          ))}
        </tbody>
      </table>
      {cache.entries.length > shown.length ? (
        <p className="px-4 pt-2 text-sm text-muted">and {cache.entries.length - shown.length} smaller ones</p>
      ) : null}
    </div>
  );
}

function Entry({ entry, now }: { entry: CacheEntry; now: number }) {
  const { description, type, inUse, shared, bytes, usedAt, uses } = entry;
  return (
    <tr className="h-9">
      <td className="pl-4">
        <span className="flex min-w-0 items-center gap-2">
          <Untrusted text={description || type} className="min-w-0 truncate font-mono text-xs" />
          {inUse ? <Pill tone="accent">in use</Pill> : null}
          {shared ? <Pill>shared with an image</Pill> : null}
        </span>
      </td>
      <td className="truncate text-sm text-muted tabular-nums max-sm:hidden">
        {usedAt === null ? 'once' : `${uses} times, ${formatAge(now - usedAt)}`.replace(/^1 times/, 'once')}
      </td>
      <td className="pr-4 text-right text-sm tabular-nums">{formatBytes(bytes)}</td>
    </tr>
  );
}
