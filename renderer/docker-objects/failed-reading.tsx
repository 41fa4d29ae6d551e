import type { WireError } from '../../contract/errors.ts';
import { Button } from '../ui/button.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';

/** Why something could not be read from Docker, and a way to ask again; nothing while `error` is null. */
export function FailedReading(props: { error: WireError | null; busy: boolean; onRetry: () => void }) {
  const { error, busy, onRetry } = props;
  if (!error) return null;
  return (
    <ErrorPanel
      message={error.message}
      hint={error.hint}
      details={error.details}
      actions={
        <Button size="sm" busy={busy} onClick={onRetry}>
          Try again
        </Button>
      }
    />
  );
}
