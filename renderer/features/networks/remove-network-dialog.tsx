import type { Network } from '../../../contract/networks.ts';
import { UserList } from '../../docker-objects/user-list.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { plainText } from '../../ui/text/plain-text.ts';

export interface RemoveNetworkDialogProps {
  network: Network;
  open: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Says what is lost with a network, or which containers stand in the way. */
export function RemoveNetworkDialog({ network, open, onConfirm, onClose }: RemoveNetworkDialogProps) {
  const { name, users, composeProject } = network;
  return (
    <ConfirmDialog
      open={open}
      title={`Remove network ${plainText(name)}?`.slice(0, 120)}
      confirmLabel="Remove"
      unavailable={users.length > 0 ? 'Containers use it' : undefined}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {users.length > 0 ? (
        <div className="flex flex-col gap-2">
          <p>
            {users.length === 1 ? 'A container belongs to it' : `${users.length} containers belong to it`},
            and could not start without it. Remove first:
          </p>
          <UserList users={users} all />
        </div>
      ) : (
        <p>
          Its name and its addresses are gone; no data is in a network.{' '}
          {composeProject === null
            ? 'No container uses it.'
            : `Compose makes it again when the project ${plainText(composeProject)} is started.`}
        </p>
      )}
    </ConfirmDialog>
  );
}
