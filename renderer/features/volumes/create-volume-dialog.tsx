import { type FormEvent, useId, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import { NewObjectName } from '../../../contract/volumes.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** A new, empty volume. Mounted while open. */
export function CreateVolumeDialog({ vm, onClose }: { vm: string; onClose: () => void }) {
  const form = useId();
  const [name, setName] = useState('');
  const [error, setError] = useState<WireError | null>(null);
  const key = `volume:create:${vm}`;
  const busy = usePending(key);
  const wanted = name.trim();
  const valid = NewObjectName.safeParse(wanted).success;
  const unavailable = useDockerUnavailable(vm) ?? (valid ? undefined : 'Name it first');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (unavailable !== undefined) return;
    setError(null);
    const outcome = await attempt(key, (client) => client.volume.create({ vm, name: wanted }));
    if (outcome?.ok) onClose();
    else if (outcome) setError(outcome.error);
  };
  return (
    <Dialog
      open
      title="Create a volume"
      note="Empty, on the VM’s data disk. It stays until somebody removes it."
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
        <TextField
          label="Name"
          description="Two or more letters, digits, dots, dashes and underscores."
          problem={
            wanted === '' || valid ? undefined : 'Two or more letters, digits, dots, dashes and underscores.'
          }
          placeholder="data"
          value={name}
          onChange={setName}
        />
        {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      </form>
    </Dialog>
  );
}
