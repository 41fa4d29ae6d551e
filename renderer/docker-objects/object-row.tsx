import { FileJson, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { Volume } from '../../contract/volumes.ts';
import { attempt } from '../state/attempt.ts';
import { useDockerUnavailable } from '../state/hooks.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { formatAge } from '../ui/text/duration.ts';
import { plainText } from '../ui/text/plain-text.ts';
import { Untrusted } from '../ui/untrusted.tsx';
import { useNow } from '../ui/use-now.ts';
import { InspectDialog } from './inspect-dialog.tsx';
import { RowFrame } from './row-frame.tsx';
import { UserList } from './user-list.tsx';

const ageTickMs = 60_000;

export interface ObjectRowProps {
  kind: 'volume' | 'network';
  /** By which Docker knows it. */
  id: string;
  /** What every kind has. */
  object: Pick<Volume, 'vm' | 'name' | 'driver' | 'composeProject' | 'createdAt' | 'users' | 'stale'>;
  open: boolean;
  onToggle: () => void;
  /** Its name, and marks beside it. */
  heading: ReactNode;
  /** How large it is, or where. */
  measure: ReactNode;
  details: ReactNode;
  removal: {
    /** Why it can never be removed; undefined when it can. */
    refused?: string | undefined;
    confirmLabel: string;
    /** Said over the containers that use it. */
    inTheWay: string;
    /** Said when none does. */
    lost: string;
  };
}

/** One of Docker's things that containers use: unfolds, can be inspected and, while nothing uses it, removed. */
export function ObjectRow(props: ObjectRowProps) {
  const { kind, id, object, open, onToggle, heading, measure, details, removal } = props;
  const { vm, name, driver, composeProject, createdAt, users, stale } = object;
  const [asking, setAsking] = useState<'remove' | 'inspect' | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(ageTickMs);
  const unavailable = useDockerUnavailable(vm);
  const remove = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(`${kind}:remove:${vm}/${id}`, (client) => client[kind].remove({ vm, id }));
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <>
      <RowFrame
        name={plainText(name)}
        stale={stale}
        open={open}
        onToggle={onToggle}
        title={
          <>
            <p className="flex min-w-0 items-center gap-2 font-medium">{heading}</p>
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
            <span className="block truncate">{measure}</span>
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
            unavailable: unavailable ?? removal.refused,
            onSelect: () => setAsking('remove'),
          },
        ]}
        problem={
          error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null
        }
        details={details}
      />
      <ConfirmDialog
        open={asking === 'remove'}
        title={`Remove ${kind} ${plainText(name)}?`.slice(0, 120)}
        confirmLabel={removal.confirmLabel}
        unavailable={users.length > 0 ? 'Containers use it' : undefined}
        onConfirm={() => void remove()}
        onClose={() => setAsking(null)}
      >
        {users.length > 0 ? (
          <div className="flex flex-col gap-2">
            <p>{removal.inTheWay} Remove first:</p>
            <UserList users={users} all />
          </div>
        ) : (
          <p>{removal.lost}</p>
        )}
      </ConfirmDialog>
      {asking === 'inspect' ? (
        <InspectDialog
          title={plainText(name)}
          read={(client, signal) => client[kind].inspect({ vm, id }, { signal })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}
