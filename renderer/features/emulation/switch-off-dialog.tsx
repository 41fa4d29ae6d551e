import type { Arch } from '../../../contract/arch.ts';
import type { Container } from '../../../contract/records.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Untrusted } from '../../ui/untrusted.tsx';

const shownUsers = 10;

export interface SwitchOffDialogProps {
  arch: Arch;
  users: readonly Container[];
  open: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/**
 * Says what switching off does before it is done. Running programs hold their emulator open and go on; what fails is
 * the next one they start: disabling a binfmt_misc entry does not touch processes.
 */
export function SwitchOffDialog({ arch, users, open, onConfirm, onClose }: SwitchOffDialogProps) {
  return (
    <ConfirmDialog
      open={open}
      title={`Switch off ${arch}?`}
      confirmLabel={`Switch off ${arch}`}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        {users.length === 1 ? 'A running container uses' : `${users.length} running containers use`} this
        emulator. Programs that already run go on; each new program they start, a health check or{' '}
        <code className="font-mono text-sm">docker exec</code>, fails with “exec format error”.
      </p>
      <ul
        aria-label="Containers that use it"
        className="mt-3 rounded-md border border-line bg-sunken px-3 py-1.5 text-ink"
      >
        {users.slice(0, shownUsers).map((container) => (
          <li key={container.id} className="truncate">
            <Untrusted text={container.name} />{' '}
            <Untrusted text={container.image} className="font-mono text-xs text-muted" />
          </li>
        ))}
        {users.length > shownUsers ? <li>and {users.length - shownUsers} more</li> : null}
      </ul>
    </ConfirmDialog>
  );
}
