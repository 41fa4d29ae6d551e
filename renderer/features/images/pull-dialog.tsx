import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import { useJobRun } from '../../state/use-job-run.ts';
import { TextField } from '../../ui/text-field.tsx';
import { FetchDialog } from './fetch-dialog.tsx';
import { PlatformField } from './platform-field.tsx';

export interface PullDialogProps {
  vm: string;
  /** What the fields begin with. */
  image: string;
  arch: Arch;
  onClose: () => void;
}

/** One platform of an image from its registry; what is in the VM of the others stays. Mounted while open. */
export function PullDialog({ vm, image: first, arch: firstArch, onClose }: PullDialogProps) {
  const [image, setImage] = useState(first);
  const [arch, setArch] = useState(firstArch);
  const fetch = useJobRun(['docker-image']);
  const reference = image.trim();
  const submit = async (): Promise<void> => {
    const done = await fetch.run(`image:pull:${vm}/${reference}/${arch}`, (client) =>
      client.dockerImage.pull({ vm, image: reference, arch }),
    );
    if (done) onClose();
  };
  return (
    <FetchDialog
      vm={vm}
      title="Pull an image"
      note="One tag can hold several platforms: pulling another one leaves those that are there."
      action="Pull"
      working={`Pulling ${reference}`}
      fetch={fetch}
      incomplete={reference === '' ? 'Name an image first' : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Image"
        description="As in docker pull: a name, a tag, and its registry if not Docker’s."
        placeholder="alpine:3.20"
        value={image}
        onChange={setImage}
      />
      <PlatformField vm={vm} arch={arch} onChange={setArch} />
    </FetchDialog>
  );
}
