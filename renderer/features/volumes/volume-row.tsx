import { FileJson, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Volume } from '../../../contract/volumes.ts';
import { InspectDialog } from '../../docker-objects/inspect-dialog.tsx';
import { RowFrame } from '../../docker-objects/row-frame.tsx';
import { TextTable } from '../../docker-objects/text-table.tsx';
import { UserList } from '../../docker-objects/user-list.tsx';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoveVolumeDialog } from './remove-volume-dialog.tsx';

const ageTickMs = 60_000;

export interface VolumeRowProps {
  volume: Volume;
  open: boolean;
  onToggle: () => void;
}

/** One volume: its name, what uses it, what it takes. */
export function VolumeRow({ volume, open, onToggle }: VolumeRowProps) {
  const { vm, name, anonymous, driver, composeProject, users, size, createdAt } = volume;
  const [asking, setAsking] = useState<'remove' | 'inspect' | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(ageTickMs);
  const unavailable = useDockerUnavailable(vm);
  const remove = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(`volume:remove:${vm}/${name}`, (client) =>
      client.volume.remove({ vm, id: name }),
    );
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <>
      <RowFrame
        name={plainText(name)}
        stale={volume.stale}
        open={open}
        onToggle={onToggle}
        title={
          <>
            <p className="flex min-w-0 items-center gap-2 font-medium">
              <Untrusted
                text={anonymous ? `${name.slice(0, 12)}…` : name}
                className={anonymous ? 'truncate font-mono font-normal' : 'truncate'}
              />
              {anonymous ? <Pill>no name</Pill> : null}
            </p>
            <p className="truncate text-xs text-muted">
              <Untrusted text={driver} />
              {composeProject === null ? null : (
                <>
                  {' · Compose project '}
                  <Untrusted text={composeProject} />
                </>
              )}
            </p>
          </>
        }
        middle={<UserList users={users} />}
        end={
          <>
            <span className="block">{size ? formatBytes(size.bytes) : 'not measured'}</span>
            <span className="block text-xs leading-4.5 text-faint">
              {createdAt === null ? 'age not known' : `made ${formatAge(now - createdAt)}`}
            </span>
          </>
        }
        actions={[
          {
            label: 'Inspect…',
            icon: <FileJson aria-hidden className="size-4 shrink-0 text-muted" />,
            unavailable,
            onSelect: () => setAsking('inspect'),
          },
          {
            label: 'Remove…',
            icon: <Trash2 aria-hidden className="size-4 shrink-0" />,
            danger: true,
            unavailable,
            onSelect: () => setAsking('remove'),
          },
        ]}
        problem={
          error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null
        }
        details={<VolumeDetails volume={volume} now={now} />}
      />
      <RemoveVolumeDialog
        volume={volume}
        open={asking === 'remove'}
        onConfirm={() => void remove()}
        onClose={() => setAsking(null)}
      />
      {asking === 'inspect' ? (
        <InspectDialog
          title={plainText(name)}
          read={(client, signal) => client.volume.inspect({ vm, id: name }, { signal })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}

function VolumeDetails({ volume, now }: { volume: Volume; now: number }) {
  const { name, anonymous, mountpoint, users, size, labels, options } = volume;
  const command = `--volume ${plainText(name)}:/data`;
  return (
    <div className="flex flex-col gap-3 pb-1">
      <Facts
        facts={[
          ...(anonymous ? [{ name: 'Name', value: <Untrusted text={name} />, wide: true }] : []),
          { name: 'Folder in the VM', value: <Untrusted text={mountpoint} />, wide: true },
          {
            name: 'Size',
            value: size
              ? `${formatBytes(size.bytes)}, measured ${formatAge(now - size.at)}`
              : 'not measured yet',
          },
          {
            name: 'Give it to a container',
            wide: true,
            value: (
              <span className="flex items-center gap-1.5">
                <code className="min-w-0 truncate font-mono text-xs">{command}</code>
                <CopyButton text={command} label="Copy the option" />
              </span>
            ),
          },
        ]}
      />
      {users.length > 0 ? (
        <div>
          <p className="text-xs text-faint">Containers</p>
          <UserList users={users} all />
        </div>
      ) : null}
      <TextTable label="Options" texts={options} />
      <TextTable label="Labels" texts={labels} />
    </div>
  );
}
