import type { Volume } from '../../../contract/volumes.ts';
import { UserList } from '../../docker-objects/user-list.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';

export interface RemoveVolumeDialogProps {
  volume: Volume;
  open: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Says that the data is gone for good, or which containers stand in the way. */
export function RemoveVolumeDialog({ volume, open, onConfirm, onClose }: RemoveVolumeDialogProps) {
  const { name, users, size } = volume;
  return (
    <ConfirmDialog
      open={open}
      title={`Remove volume ${plainText(name)}?`.slice(0, 120)}
      confirmLabel="Remove with its data"
      unavailable={users.length > 0 ? 'Containers use it' : undefined}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {users.length > 0 ? (
        <div className="flex flex-col gap-2">
          <p>
            {users.length === 1 ? 'A container uses it' : `${users.length} containers use it`}. Docker removes
            a volume only when no container refers to it, not even one that is stopped. Remove first:
          </p>
          <UserList users={users} all />
        </div>
      ) : (
        <p>
          Its data{size ? `, ${formatBytes(size.bytes)} when last measured,` : ''} is gone for good: there is
          no copy and no undo. No container uses it.
        </p>
      )}
    </ConfirmDialog>
  );
}
