import { FolderLock } from 'lucide-react';
import type { ActivityEntry } from '../../../contract/activity.ts';
import type { Container } from '../../../contract/records.ts';
import { shareOf } from '../../../contract/shares.ts';
import { ShareButton } from '../../sharing/share-button.tsx';
import { useContainers, useShares } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { EntryTime } from './entry-time.tsx';

type Refusal = Extract<ActivityEntry, { kind: 'refused-mount' }>;

/** A container that was refused since a folder is not shared, with the click that shares it. */
export function RefusedRow({ entry, now }: { entry: Refusal; now: number }) {
  const shares = useShares();
  const container = useRefused(entry);
  const left = entry.paths.filter((path) => shareOf(path, shares)?.state !== 'mounted');
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
      <FolderLock aria-hidden className="size-4 shrink-0 text-warn" />
      <p className="min-w-0 flex-1 basis-40">
        <span className="text-muted">{entry.image === '' ? 'Not started: ' : 'Refused: '}</span>
        <Untrusted text={entry.name || entry.image || 'a container'} className="font-medium" />
        <span className="text-sm text-muted">
          {left.length === 0 ? ' · its folders are shared now: run it again' : ' · not shared:'}
        </span>
      </p>
      {left.map((path) => (
        <span key={path} className="flex min-w-0 items-center gap-2">
          <Untrusted text={path} className="font-mono text-sm wrap-anywhere" />
          <ShareButton
            path={path}
            {...(container &&
              left.length === 1 && { label: 'Share and start', onShared: () => void start(container) })}
          />
        </span>
      ))}
      <EntryTime at={entry.at} now={now} />
    </div>
  );
}

/** The container that was to be started, where it is there and does not run; one that was to be created is not. */
function useRefused({ image, name, vm }: Refusal): Container | undefined {
  const containers = useContainers();
  if (image !== '' || name === '') return undefined;
  return containers.find(
    (container) =>
      container.vm === vm &&
      container.state !== 'running' &&
      (container.name === name || container.id.startsWith(name)),
  );
}

async function start({ vm, id }: Container): Promise<void> {
  await perform(`container:start:${id}`, (client) =>
    client.container.act({ vm, container: id, action: 'start' }),
  );
}
