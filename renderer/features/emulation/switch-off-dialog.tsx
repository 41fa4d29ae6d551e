import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { UseList } from './use-list.tsx';
import { type ArchUse, isUsed, type SwitchOffQuestion } from './use-switch-off.ts';

export interface SwitchOffDialogProps {
  /** What is to be switched off: "arm64", "all 7 architectures". */
  what: string;
  /** Null: closed. */
  question: SwitchOffQuestion | null;
  /** It is being looked again what uses it. */
  looking: boolean;
  onRetry: () => void;
  onConfirm: () => void;
  onClose: () => void;
}

/**
 * Says what switching off does before it is done. Running programs hold their emulator open and go on; what fails is
 * the next one they start: removing a binfmt_misc entry does not touch processes.
 */
export function SwitchOffDialog(props: SwitchOffDialogProps) {
  const { what, question, looking, onRetry, onConfirm, onClose } = props;
  const unknown = question !== null && 'error' in question;
  return (
    <ConfirmDialog
      open={question !== null}
      title={`Switch off ${what}?`}
      confirmLabel={unknown ? 'Switch off anyway' : `Switch off ${what}`}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {question === null ? null : 'error' in question ? (
        <ErrorPanel
          message={`What uses it could not be found out: ${question.error.message}`}
          hint={question.error.hint}
          details={question.error.details}
          actions={
            <Button size="sm" busy={looking} onClick={onRetry}>
              Look again
            </Button>
          }
        />
      ) : (
        <Uses uses={question.uses.filter(({ use }) => isUsed(use))} several={question.uses.length > 1} />
      )}
    </ConfirmDialog>
  );
}

function Uses({ uses, several }: { uses: readonly ArchUse[]; several: boolean }) {
  if (uses.length === 0) {
    return (
      <p>
        Nothing runs under them now. Containers and build steps of these architectures will not start any
        more: “exec format error”.
      </p>
    );
  }
  const containers = uses.flatMap(({ use }) => use.containers).length;
  const others = uses.flatMap(({ use }) => use.others).length;
  const users = [
    containers > 0 ? count(containers, 'running container', 'running containers') : null,
    others > 0 ? count(others, 'other program', 'other programs') : null,
  ].filter((part) => part !== null);
  const consequences = [...new Set(uses.flatMap(({ use }) => use.consequences))];
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink">
        {users.join(' and ')} {containers + others === 1 ? 'uses' : 'use'} {several ? 'them' : 'it'} now.
      </p>
      <ul aria-label="What it breaks" className="flex list-disc flex-col gap-1 pl-5">
        {consequences.map((consequence) => (
          <li key={consequence}>{plainText(consequence)}</li>
        ))}
      </ul>
      <UseList uses={uses} />
    </div>
  );
}

function count(number: number, one: string, many: string): string {
  return number === 1 ? `1 ${one}` : `${number} ${many}`;
}
