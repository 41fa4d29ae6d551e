import type { Vm } from '../../../contract/records.ts';
import { useContainers } from '../../state/hooks.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { ContainerNames } from './container-names.tsx';

export interface DiscardDialogProps {
  vm: Vm;
  /** What comes after it: a start, or nothing. Null while nothing is asked. */
  then: 'start' | 'nothing' | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Says what goes with the memory of a suspended VM. */
export function DiscardDialog({ vm, then, onConfirm, onClose }: DiscardDialogProps) {
  // Containers of a VM that is away are the last thing known: these were running when it was suspended.
  const lost = useContainers().filter((one) => one.vm === vm.name && one.state === 'running');
  const bytes = vm.savedState ? formatBytes(vm.savedState.bytes) : '';
  return (
    <ConfirmDialog
      open={then !== null}
      title={then === 'nothing' ? 'Delete the saved memory?' : 'Start without the saved memory?'}
      confirmLabel={then === 'nothing' ? 'Delete' : 'Start without it'}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        The saved memory ({bytes}) is deleted. Every program in it ends as at a power cut, and what it had not
        written to the disk is lost. The disk stays, with images, volumes and containers.
      </p>
      {lost.length > 0 ? (
        <>
          <p className="mt-3">
            {lost.length === 1 ? 'This container was running:' : 'These containers were running:'}
          </p>
          <ContainerNames containers={lost} />
        </>
      ) : null}
    </ConfirmDialog>
  );
}
