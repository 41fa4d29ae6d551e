import { type FormEvent, useId, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Vm } from '../../../contract/records.ts';
import { attempt } from '../../state/attempt.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { readDiskSize } from '../../vocabulary/disk-size.ts';

/** Asks how large the data disk is to be, and says that this way leads in one direction only. Mounted while open. */
export function GrowDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<WireError | null>(null);
  const busy = usePending(`disk:grow:${vm.name}`);
  const unavailable = useUnavailable();
  const form = useId();
  const size = readDiskSize(typed, vm.diskBytes);
  const isLarger = 'diskGiB' in size && size.diskGiB > size.currentGiB;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!('diskGiB' in size) || !isLarger || unavailable !== undefined) return;
    const { diskGiB } = size;
    setError(null);
    const outcome = await attempt(`disk:grow:${vm.name}`, (client) =>
      client.vm.growDisk({ vm: vm.name, diskGiB }),
    );
    if (outcome?.ok) onClose();
    else if (outcome) setError(outcome.error);
  };
  return (
    <Dialog
      open
      title="Make the data disk larger"
      note={`It holds up to ${size.currentGiB} GiB now. It cannot be made smaller again.`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            kind="primary"
            busy={busy}
            unavailable={unavailable ?? (isLarger ? undefined : 'Say a larger size first')}
          >
            Make it larger
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <TextField
          label="New size in GiB"
          description="At most; the disk takes only what is used. Containers go on meanwhile."
          problem={typed === '' || !('problem' in size) ? undefined : size.problem}
          value={typed}
          onChange={setTyped}
        />
        {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      </form>
    </Dialog>
  );
}
