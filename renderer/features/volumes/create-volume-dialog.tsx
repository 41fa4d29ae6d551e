import { useState } from 'react';
import { NewObjectName } from '../../../contract/volumes.ts';
import { CreateObjectDialog } from '../../docker-objects/create-object-dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** A new, empty volume. Mounted while open. */
export function CreateVolumeDialog({ vm, onClose }: { vm: string; onClose: () => void }) {
  const [name, setName] = useState('');
  const wanted = name.trim();
  const valid = NewObjectName.safeParse(wanted).success;
  return (
    <CreateObjectDialog
      vm={vm}
      kind="volume"
      note="Empty, on the VM’s data disk. It stays until somebody removes it."
      incomplete={valid ? undefined : 'Name it first'}
      create={(client) => client.volume.create({ vm, name: wanted })}
      onClose={onClose}
    >
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
    </CreateObjectDialog>
  );
}
