import { sharingKey } from '../../sharing/share-folder.ts';
import { TrustNote } from '../../sharing/trust-note.tsx';
import { useEngineState, useUnavailable } from '../../state/hooks.ts';
import { declineSharing } from '../../state/sharing-asked.ts';
import { Button } from '../../ui/button.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { StepAction } from './step.tsx';

/** The one time somebody is asked: the home folder is offered, and not sharing is as good an answer. */
export function ShareStep() {
  const userHome = useEngineState((state) => state.host.userHome) ?? '';
  const unavailable = useUnavailable();
  return (
    <>
      <p className="text-muted">
        So far containers see no file of this computer. A folder that you share is at the same place in the
        VM, so <code className="font-mono text-sm">docker run -v</code> works from it as on Linux.
      </p>
      <TrustNote />
      <StepAction
        label={`Share ${plainText(userHome)}`}
        actionKey={sharingKey(userHome)}
        unavailable={unavailable}
        work={(client) => client.shares.add({ path: userHome })}
      >
        <a
          href="#/settings/sharing"
          className="inline-flex h-8 items-center rounded-md border border-line-strong bg-surface px-3 font-medium text-ink hover:bg-hover"
        >
          Share another folder
        </a>
        <Button kind="quiet" onClick={declineSharing}>
          Share nothing
        </Button>
      </StepAction>
    </>
  );
}
