import { Link2, Unlink } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Network } from '../../../contract/networks.ts';
import { UserList } from '../../docker-objects/user-list.tsx';
import { attempt } from '../../state/attempt.ts';
import { useContainers, useDockerUnavailable, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Finder } from '../../ui/finder.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { plainText } from '../../ui/text/plain-text.ts';

/** These two are no networks that a container could join or leave. */
const fixedDrivers = ['host', 'null'];

/** The containers in a network, each with its address there; they can leave, and others join. */
export function NetworkMembers({ network }: { network: Network }) {
  const { vm, id, name, driver, users } = network;
  const [choosing, setChoosing] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const containers = useContainers().filter((container) => container.vm === vm);
  const key = `network:member:${vm}/${id}`;
  const busy = usePending(key);
  const fixed = fixedDrivers.includes(driver)
    ? 'Docker decides at the start who is in this network'
    : undefined;
  const unavailable = useDockerUnavailable(vm) ?? fixed;
  const change = async (act: 'connect' | 'disconnect', container: string): Promise<void> => {
    setError(null);
    const outcome = await attempt(key, (client) => client.network[act]({ vm, id, container }));
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  const members = new Set(users.map((user) => user.id));
  const others = containers.filter((container) => !members.has(container.id));
  return (
    <div className="flex flex-col gap-2">
      {users.length > 0 ? (
        <ul aria-label="Containers and addresses" className="flex flex-col gap-1 text-sm">
          {users.map((user) => (
            <li key={user.id} className="flex min-w-0 items-center gap-3">
              <span className="w-32 shrink-0 font-mono text-xs text-muted">
                {user.address === null ? 'not running' : plainText(user.address)}
              </span>
              <UserList users={[user]} />
              <IconButton
                label={`Disconnect ${plainText(user.name)}`}
                icon={<Unlink aria-hidden className="size-3.5" />}
                busy={busy}
                unavailable={unavailable}
                onClick={() => void change('disconnect', user.id)}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        size="sm"
        className="self-start"
        icon={<Link2 aria-hidden className="size-3.5" />}
        busy={busy}
        unavailable={unavailable ?? (others.length === 0 ? 'No other container is there' : undefined)}
        onClick={() => setChoosing(true)}
      >
        Connect a container…
      </Button>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      <Finder
        open={choosing}
        label={`Connect to ${plainText(name)}`.slice(0, 80)}
        groups={[
          {
            title: 'Containers',
            entries: others.map((container) => ({
              id: container.id,
              label: plainText(container.name),
              note: plainText(container.image),
              onSelect: () => void change('connect', container.id),
            })),
          },
        ]}
        empty="No other container is called that"
        onClose={() => setChoosing(false)}
      />
    </div>
  );
}
