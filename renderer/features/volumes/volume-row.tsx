import type { Volume } from '../../../contract/volumes.ts';
import { ObjectRow } from '../../docker-objects/object-row.tsx';
import { TextTable } from '../../docker-objects/text-table.tsx';
import { UserList } from '../../docker-objects/user-list.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';

const ageTickMs = 60_000;

export interface VolumeRowProps {
  volume: Volume;
  open: boolean;
  onToggle: () => void;
}

/** One volume: its name, what uses it, what it takes. Removal says that the data is gone for good. */
export function VolumeRow({ volume, open, onToggle }: VolumeRowProps) {
  const { name, anonymous, users, size } = volume;
  const used = users.length === 1 ? 'A container uses it' : `${users.length} containers use it`;
  return (
    <ObjectRow
      kind="volume"
      id={name}
      object={volume}
      open={open}
      onToggle={onToggle}
      heading={
        <>
          <Untrusted
            text={anonymous ? `${name.slice(0, 12)}…` : name}
            className={anonymous ? 'truncate font-mono font-normal' : 'truncate'}
          />
          {anonymous ? <Pill>no name</Pill> : null}
        </>
      }
      measure={size ? formatBytes(size.bytes) : 'not measured'}
      details={<VolumeDetails volume={volume} />}
      removal={{
        confirmLabel: 'Remove with its data',
        inTheWay: `${used}. Docker removes a volume only when no container refers to it, not even one that is stopped.`,
        lost: `Its data${size ? `, ${formatBytes(size.bytes)} when last measured,` : ''} is gone for good: there is no copy and no undo. No container uses it.`,
      }}
    />
  );
}

function VolumeDetails({ volume }: { volume: Volume }) {
  const now = useNow(ageTickMs);
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
