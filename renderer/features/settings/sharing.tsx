import { type FormEvent, useState } from 'react';
import { SharePath } from '../../../contract/shares.ts';
import { chooseFolder, isLocalWindow } from '../../bridge/window-bridge.ts';
import { shareFolder, sharingKey } from '../../sharing/share-folder.ts';
import { TrustNote } from '../../sharing/trust-note.tsx';
import { useEngineState, usePending, useShares, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { ShareRow } from './share-row.tsx';

/** Folders of this computer which containers may see: those there are, and a form for another. */
export function Sharing() {
  const shares = useShares();
  return (
    <Card title="Sharing" note="Folders of this computer which the VM sees, each at its own path.">
      <div className="flex flex-col gap-4">
        {shares.length > 0 ? (
          <ul aria-label="Shared folders" className="divide-y divide-line">
            {shares.map((share) => (
              <ShareRow key={share.path} share={share} />
            ))}
          </ul>
        ) : (
          <NothingShared />
        )}
        <ShareForm />
        <TrustNote />
      </div>
    </Card>
  );
}

function NothingShared() {
  return (
    <div className="flex flex-col gap-2 text-muted">
      <p>
        Nothing is shared: containers see no file of this computer. Once a folder is, bind mounts from it work
        as they do on Linux; of other folders they are refused, with the command that shares them:
      </p>
      <CopyableCommand command="foredeck share add ~/project" label="Copy the command that shares a folder" />
    </div>
  );
}

/** What has been typed stays until it is shared. */
function ShareForm() {
  const [typed, setTyped] = useState('');
  const [readOnly, setReadOnly] = useState(false);
  const userHome = useEngineState((state) => state.host.userHome) ?? '';
  const unavailable = useUnavailable();
  const path = typed.trim().replace(/^~(?=\/|$)/, userHome);
  const busy = usePending(sharingKey(path));
  const problem = path === '' ? undefined : SharePath.safeParse(path).error?.issues[0]?.message;
  const share = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (path === '' || problem !== undefined || busy || unavailable) return;
    if (!(await shareFolder({ path, readOnly }))) return;
    setTyped('');
    setReadOnly(false);
  };
  return (
    <form noValidate onSubmit={(event) => void share(event)} className="flex flex-wrap items-start gap-3">
      <TextField
        label="Share a folder"
        placeholder={userHome === '' ? '/home/you/project' : `${userHome}/project`}
        problem={problem && 'A folder is named by its whole path, beginning with / or ~.'}
        className="basis-72 grow"
        value={typed}
        onChange={setTyped}
      />
      <div className="flex min-h-8 flex-wrap items-center gap-3 pt-6">
        {isLocalWindow() ? (
          <Button onClick={() => void chooseFolder().then((folder) => folder !== null && setTyped(folder))}>
            Choose…
          </Button>
        ) : null}
        <span className="flex items-center gap-2">
          <Switch label="Share it read only" checked={readOnly} onChange={setReadOnly} />
          <span aria-hidden>Read only</span>
        </span>
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          unavailable={unavailable ?? (path === '' || problem ? 'Name a folder first' : undefined)}
        >
          Share
        </Button>
      </div>
    </form>
  );
}
