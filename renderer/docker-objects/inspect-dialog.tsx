import { useEffect } from 'react';
import type { EngineClient } from '../bridge/engine-client.ts';
import { useCall } from '../state/use-call.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { plainLines } from '../ui/text/plain-text.ts';
import { FailedReading } from './failed-reading.tsx';

export interface InspectDialogProps {
  title: string;
  read: (client: EngineClient, signal: AbortSignal) => Promise<Record<string, unknown>>;
  onClose: () => void;
}

/** Docker's own record of a thing, as `docker inspect` prints it. Mounted while open. */
export function InspectDialog({ title, read, onClose }: InspectDialogProps) {
  const { value, error, since, start } = useCall(read);
  useEffect(start, [start]);
  const text = value === null ? null : plainLines(JSON.stringify(value, null, 2));
  return (
    <Dialog
      open
      wide
      title={title}
      note="Docker’s own record"
      onClose={onClose}
      footer={
        <>
          {text === null ? null : <CopyButton wordy text={text} label="Copy JSON" className="h-8" />}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {error ? (
        <FailedReading error={error} busy={since !== null} onRetry={start} />
      ) : text === null ? (
        <p role="status" className="py-6 text-center text-muted">
          Asking Docker…
        </p>
      ) : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="max-h-[60vh] overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
        >
          {text}
        </pre>
      )}
    </Dialog>
  );
}
