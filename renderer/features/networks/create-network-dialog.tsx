import { type FormEvent, useId, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import { NewNetwork } from '../../../contract/networks.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** A new bridge network. Mounted while open. */
export function CreateNetworkDialog({ vm, onClose }: { vm: string; onClose: () => void }) {
  const form = useId();
  const [name, setName] = useState('');
  const [subnet, setSubnet] = useState('');
  const [internal, setInternal] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const key = `network:create:${vm}`;
  const busy = usePending(key);
  const wanted = { name: name.trim(), internal, subnet: subnet.trim() === '' ? null : subnet.trim() };
  const badName = wanted.name !== '' && !NewNetwork.shape.name.safeParse(wanted.name).success;
  const badSubnet = !NewNetwork.shape.subnet.safeParse(wanted.subnet).success;
  const complete = NewNetwork.safeParse(wanted).success;
  const unavailable =
    useDockerUnavailable(vm) ??
    (complete ? undefined : wanted.name === '' ? 'Name it first' : 'Correct what is marked first');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (unavailable !== undefined) return;
    setError(null);
    const outcome = await attempt(key, (client) => client.network.create({ vm, ...wanted }));
    if (outcome?.ok) onClose();
    else if (outcome) setError(outcome.error);
  };
  return (
    <Dialog
      open
      title="Create a network"
      note="A bridge: containers in it find one another by name."
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
          problem={badName ? 'Two or more letters, digits, dots, dashes and underscores.' : undefined}
          placeholder="backend"
          value={name}
          onChange={setName}
        />
        <TextField
          label="Subnet"
          description="Empty: Docker chooses one."
          problem={badSubnet ? 'An IPv4 subnet, such as 172.30.0.0/16.' : undefined}
          placeholder="172.30.0.0/16"
          value={subnet}
          onChange={setSubnet}
        />
        <div className="flex items-start gap-3">
          <Switch label="Internal" checked={internal} onChange={setInternal} />
          <span>
            <span className="block font-medium">Internal</span>
            <span className="block text-sm text-muted">
              Its containers reach one another and nothing outside; no port of theirs is published.
            </span>
          </span>
        </div>
        {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      </form>
    </Dialog>
  );
}
