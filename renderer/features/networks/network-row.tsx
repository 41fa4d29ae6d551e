import { FileJson, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Network } from '../../../contract/networks.ts';
import { InspectDialog } from '../../docker-objects/inspect-dialog.tsx';
import { RowFrame } from '../../docker-objects/row-frame.tsx';
import { TextTable } from '../../docker-objects/text-table.tsx';
import { UserList } from '../../docker-objects/user-list.tsx';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoveNetworkDialog } from './remove-network-dialog.tsx';

const ageTickMs = 60_000;

export interface NetworkRowProps {
  network: Network;
  open: boolean;
  onToggle: () => void;
}

/** One network: its name, its addresses, the containers in it. */
export function NetworkRow({ network, open, onToggle }: NetworkRowProps) {
  const { vm, id, name, driver, builtIn, internal, composeProject, users, subnets, createdAt } = network;
  const [asking, setAsking] = useState<'remove' | 'inspect' | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(ageTickMs);
  const unavailable = useDockerUnavailable(vm);
  const remove = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(`network:remove:${vm}/${id}`, (client) =>
      client.network.remove({ vm, id }),
    );
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <>
      <RowFrame
        name={plainText(name)}
        stale={network.stale}
        open={open}
        onToggle={onToggle}
        title={
          <>
            <p className="flex min-w-0 items-center gap-2 font-medium">
              <Untrusted text={name} className="truncate" />
              {builtIn ? <Pill>Docker’s own</Pill> : null}
              {internal ? <Pill tone="accent">internal</Pill> : null}
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
            <span className="block truncate">
              {subnets[0] ? <Untrusted text={subnets[0].subnet} /> : 'no subnet'}
            </span>
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
            unavailable: unavailable ?? (builtIn ? 'It is Docker’s own' : undefined),
            onSelect: () => setAsking('remove'),
          },
        ]}
        problem={
          error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null
        }
        details={<NetworkDetails network={network} />}
      />
      <RemoveNetworkDialog
        network={network}
        open={asking === 'remove'}
        onConfirm={() => void remove()}
        onClose={() => setAsking(null)}
      />
      {asking === 'inspect' ? (
        <InspectDialog
          title={plainText(name)}
          read={(client, signal) => client.network.inspect({ vm, id }, { signal })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}

function NetworkDetails({ network }: { network: Network }) {
  const { id, internal, subnets, users, labels } = network;
  return (
    <div className="flex flex-col gap-3 pb-1">
      <Facts
        facts={[
          ...subnets.map(({ subnet, gateway }) => ({
            name: gateway === null ? 'Subnet' : 'Subnet and gateway',
            value: <Untrusted text={gateway === null ? subnet : `${subnet}, ${gateway}`} />,
          })),
          { name: 'Way out of the VM', value: internal ? 'none, internal' : 'yes' },
          { name: 'Id', value: <Untrusted text={id} className="font-mono text-xs" />, wide: true },
        ]}
      />
      {users.length > 0 ? (
        <ul aria-label="Containers and addresses" className="flex flex-col gap-1 text-sm">
          {users.map((user) => (
            <li key={user.id} className="flex min-w-0 gap-3">
              <span className="w-32 shrink-0 font-mono text-xs leading-4.5 text-muted">
                {user.address === null ? 'not running' : plainText(user.address)}
              </span>
              <UserList users={[user]} />
            </li>
          ))}
        </ul>
      ) : null}
      <TextTable label="Labels" texts={labels} />
    </div>
  );
}
