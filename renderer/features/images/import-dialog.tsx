import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import { useJobRun } from '../../state/use-job-run.ts';
import { TextField } from '../../ui/text-field.tsx';
import { FetchDialog } from './fetch-dialog.tsx';
import { PlatformField } from './platform-field.tsx';

export interface ImportDialogProps {
  vm: string;
  arch: Arch;
  onClose: () => void;
}

/** A root filesystem in a tar archive becomes an image. Mounted while open. */
export function ImportDialog({ vm, arch: firstArch, onClose }: ImportDialogProps) {
  const [path, setPath] = useState('');
  const [image, setImage] = useState('');
  const [arch, setArch] = useState(firstArch);
  const fetch = useJobRun(['docker-image']);
  const [file, reference] = [path.trim(), image.trim()];
  const submit = async (): Promise<void> => {
    const done = await fetch.run(`image:import:${vm}/${reference}/${arch}`, (client) =>
      client.dockerImage.import({ vm, path: file, image: reference, arch }),
    );
    if (done) onClose();
  };
  return (
    <FetchDialog
      vm={vm}
      title="Import a root filesystem"
      note="A tar archive with a whole file system in it, as docker import takes it."
      action="Import"
      working={`Importing ${reference}`}
      fetch={fetch}
      incomplete={file === '' || reference === '' ? 'Name the archive and the image first' : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Archive"
        description="Path of the archive on the computer the engine runs on."
        placeholder="/home/you/rootfs.tar"
        value={path}
        onChange={setPath}
      />
      <TextField
        label="Image"
        description="The name and tag it gets."
        placeholder="mine/rootfs:1"
        value={image}
        onChange={setImage}
      />
      <PlatformField vm={vm} arch={arch} onChange={setArch} />
    </FetchDialog>
  );
}
