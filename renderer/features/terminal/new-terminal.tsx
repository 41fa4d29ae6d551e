import { ChevronDown, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { usePending } from '../../state/hooks.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ContainerChooser } from './container-chooser.tsx';
import { useOtherShells, useVmShellUnavailable } from './shell-places.tsx';
import { openTerminal } from './terminal-sessions.ts';

/** A shell in the VM with one click, the others from the arrow beside it. */
export function NewTerminal({ vm }: { vm: Vm }) {
  const [choosing, setChoosing] = useState(false);
  const opening = usePending('terminal:open');
  const unavailable = useVmShellUnavailable(vm);
  const items = useOtherShells(vm, () => setChoosing(true));
  return (
    <span className="inline-flex shrink-0">
      <IconButton
        label="New terminal"
        icon={<Plus aria-hidden className="size-4" />}
        busy={opening}
        unavailable={unavailable}
        onClick={() => void openTerminal({ kind: 'vm', vm: vm.name })}
      />
      <Menu
        trigger={
          <IconButton
            className="w-5"
            label="Other shells"
            icon={<ChevronDown aria-hidden className="size-3.5" />}
          />
        }
        items={items}
      />
      <ContainerChooser open={choosing} onClose={() => setChoosing(false)} />
    </span>
  );
}
