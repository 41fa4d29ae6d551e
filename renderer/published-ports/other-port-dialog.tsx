import { type FormEvent, useId, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { attempt } from '../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../state/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { TextField } from '../ui/text-field.tsx';
import { keyOf, pendingKey } from './port-acts.ts';

const largestPort = 65_535;

export interface OtherPortDialogProps {
  container: Pick<Container, 'vm' | 'id'>;
  port: PublishedPort;
  onClose: () => void;
}

/** Asks from which port of this computer a container shall be reached. Mounted while open. */
export function OtherPortDialog({ container, port, onClose }: OtherPortDialogProps) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<WireError | null>(null);
  const form = useId();
  const busy = usePending(pendingKey(container, port));
  const number = /^\d{1,5}$/.test(typed.trim()) ? Number(typed) : 0;
  const valid = number >= 1 && number <= largestPort;
  const empty = typed.trim() === '';
  const unavailable = useDockerUnavailable(container.vm) ?? (valid || empty ? undefined : 'That is no port');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (unavailable !== undefined) return;
    setError(null);
    const outcome = await attempt(pendingKey(container, port), (client) =>
      client.port.move({ ...keyOf(container, port), hostPort: empty ? null : number }),
    );
    if (outcome?.ok) onClose();
    else if (outcome) setError(outcome.error);
  };
  return (
    <Dialog
      open
      title={`Another port instead of ${port.port}`}
      note="For this container, until you take it back or remove it. Inside and for Docker nothing changes."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} kind="primary" busy={busy} unavailable={unavailable}>
            Use it
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label="Port of this computer"
          description="Empty: any that is free."
          problem={valid || empty ? undefined : `A whole number from 1 to ${largestPort}, or empty.`}
          value={typed}
          onChange={setTyped}
        />
        {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      </form>
    </Dialog>
  );
}
