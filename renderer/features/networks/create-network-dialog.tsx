import { useState } from 'react';
import { NewNetwork } from '../../../contract/networks.ts';
import { CreateObjectDialog } from '../../docker-objects/create-object-dialog.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** A new bridge network. Mounted while open. */
export function CreateNetworkDialog({ vm, onClose }: { vm: string; onClose: () => void }) {
  const [name, setName] = useState('');
  const [subnet, setSubnet] = useState('');
  const [internal, setInternal] = useState(false);
  const wanted = { name: name.trim(), internal, subnet: subnet.trim() === '' ? null : subnet.trim() };
  const badName = wanted.name !== '' && !NewNetwork.shape.name.safeParse(wanted.name).success;
  const badSubnet = !NewNetwork.shape.subnet.safeParse(wanted.subnet).success;
  const complete = NewNetwork.safeParse(wanted).success;
  const missing = wanted.name === '' ? 'Name it first' : 'Correct what is marked first';
  return (
    <CreateObjectDialog
      vm={vm}
      kind="network"
      note="A bridge: containers in it find one another by name."
      incomplete={complete ? undefined : missing}
      create={(client) => client.network.create({ vm, ...wanted })}
      onClose={onClose}
    >
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
    </CreateObjectDialog>
  );
}
