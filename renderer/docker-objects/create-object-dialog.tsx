import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { EngineClient } from '../bridge/engine-client.ts';
import { attempt } from '../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../state/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';

export interface CreateObjectDialogProps {
  vm: string;
  kind: 'volume' | 'network';
  note: string;
  /** Why what is filled in cannot be made; undefined when it can. */
  incomplete: string | undefined;
  create: (client: EngineClient) => Promise<unknown>;
  onClose: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A form for something new in Docker: closes once it is made, and says here why it could not be. */
export function CreateObjectDialog(props: CreateObjectDialogProps) {
  const { vm, kind, note, incomplete, create, onClose, children } = props;
  const form = useId();
  const [error, setError] = useState<WireError | null>(null);
  const key = `${kind}:create:${vm}`;
  const busy = usePending(key);
  const unavailable = useDockerUnavailable(vm) ?? incomplete;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (unavailable !== undefined) return;
    setError(null);
    const outcome = await attempt(key, create);
    if (outcome?.ok) onClose();
    else if (outcome) setError(outcome.error);
  };
  return (
    <Dialog
      open
      title={`Create a ${kind}`}
      note={note}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" form={form} kind="primary" busy={busy} unavailable={unavailable}>
            Create
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {children}
        {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      </form>
    </Dialog>
  );
}
