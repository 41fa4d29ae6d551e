import { useState } from 'react';
import type { Container } from '../../../contract/records.ts';
import { type Share, shareOf } from '../../../contract/shares.ts';
import { shareFolder, sharingKey } from '../../sharing/share-folder.ts';
import { shareStateWords } from '../../sharing/share-words.ts';
import { useContainers, usePending, useShares, useStale, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Lamp } from '../../ui/lamp.tsx';
import { Switch } from '../../ui/switch.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';

/** One shared folder: how it is with it, whether containers may write, and the way to take it back. */
export function ShareRow({ share }: { share: Share }) {
  const [asking, setAsking] = useState(false);
  const { path, readOnly, state, problem } = share;
  const users = useUsers(share);
  const stale = useStale();
  const unavailable = useUnavailable();
  const removing = usePending(removalKey(path));
  const changing = usePending(sharingKey(path));
  const words = shareStateWords[state];
  return (
    <li className="flex flex-col gap-2 py-2.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <Lamp tone={stale ? 'unknown' : words.lamp} />
        <div className="min-w-0 flex-1 basis-60">
          <p className="truncate font-mono text-sm">
            <Untrusted text={path} />
          </p>
          <p className="text-sm text-muted">
            {words.word}
            {users.length > 0
              ? ` · used by ${users.length} ${users.length === 1 ? 'container' : 'containers'}`
              : ''}
          </p>
        </div>
        <span className="flex items-center gap-2 text-sm">
          <Switch
            label={`Share ${plainText(path)} read only`}
            checked={readOnly}
            busy={changing}
            disabled={unavailable !== undefined}
            onChange={(on) => void shareFolder({ path, readOnly: on })}
          />
          <span aria-hidden>Read only</span>
        </span>
        <Button
          size="sm"
          busy={removing}
          unavailable={unavailable}
          aria-label={`Stop sharing ${plainText(path)}`}
          onClick={() => setAsking(true)}
        >
          Stop sharing
        </Button>
      </div>
      {problem ? (
        <ErrorPanel
          tone="warn"
          message={problem.message}
          hint={problem.hint}
          details={problem.details}
          actions={
            <Button
              size="sm"
              busy={changing}
              unavailable={unavailable}
              onClick={() => void shareFolder({ path, readOnly })}
            >
              Try again
            </Button>
          }
        />
      ) : null}
      <StopSharing share={share} users={users} open={asking} onClose={() => setAsking(false)} />
    </li>
  );
}

interface StopSharingProps {
  share: Share;
  users: readonly Container[];
  open: boolean;
  onClose: () => void;
}

/** Its files stay; what goes is the way to them. */
function StopSharing({ share: { path }, users, open, onClose }: StopSharingProps) {
  const running = users.filter((container) => container.state === 'running');
  return (
    <ConfirmDialog
      open={open}
      title={`Stop sharing ${plainText(path)}?`}
      confirmLabel="Stop sharing"
      unavailable={running.length > 0 ? 'Stop the containers that run first' : undefined}
      onConfirm={() => void perform(removalKey(path), (client) => client.shares.remove({ path }))}
      onClose={onClose}
    >
      <p>The folder and its files stay as they are; containers do not see them any more.</p>
      {users.length > 0 ? (
        <>
          <p className="mt-2">
            {running.length > 0
              ? 'These containers use it, and those that run have to be stopped first:'
              : 'These containers use it, and will not start without it:'}
          </p>
          <ul aria-label="Containers that use it" className="mt-1 list-disc pl-5">
            {users.map((container) => (
              <li key={container.id}>
                <Untrusted text={container.name} className="text-ink" />
                {container.state === 'running' ? ', which runs' : ''}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </ConfirmDialog>
  );
}

/** Containers with a mount that lies in this share, running ones first. */
function useUsers(share: Share): readonly Container[] {
  const shares = useShares();
  return useContainers().filter((container) =>
    container.binds.some((bind) => shareOf(bind.source, shares)?.path === share.path),
  );
}

const removalKey = (path: string): string => `share:remove:${path}`;
