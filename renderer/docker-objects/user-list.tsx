import type { ObjectUser } from '../../contract/volumes.ts';
import { useEngineState } from '../state/hooks.ts';
import { Untrusted } from '../ui/untrusted.tsx';
import { ArchPill } from '../vocabulary/arch-pill.tsx';

/** A row stays two lines high; unfolded it lists them all. */
const shownUsers = 2;

/** The containers that use something, each with its architecture and a way to it. `all`: not only the first few. */
export function UserList({ users, all = false }: { users: readonly ObjectUser[]; all?: boolean }) {
  if (users.length === 0) return <span className="text-sm text-faint">Not used</span>;
  const shown = all ? users : users.slice(0, shownUsers);
  return (
    <ul aria-label="Used by" className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
      {shown.map((user) => (
        <User key={user.id} user={user} />
      ))}
      {users.length > shown.length ? (
        <li className="text-xs text-muted">and {users.length - shown.length} more</li>
      ) : null}
    </ul>
  );
}

function User({ user }: { user: ObjectUser }) {
  const container = useEngineState((state) => state.containers[user.id]);
  return (
    <li className="flex max-w-full min-w-0 items-center gap-1.5">
      <a
        href={`#/containers/${user.id}`}
        className="min-w-0 truncate rounded hover:text-accent hover:underline"
      >
        <Untrusted text={user.name} />
      </a>
      {container?.arch ? (
        <ArchPill arch={container.arch} execution={container.execution} emulator={container.emulator} />
      ) : null}
    </li>
  );
}
