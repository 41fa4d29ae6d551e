import { type FormEvent, type ReactNode, useId } from 'react';
import { useDockerUnavailable } from '../../state/hooks.ts';
import type { JobRun } from '../../state/use-job-run.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { JobRunProgress } from '../../vocabulary/job-run-progress.tsx';

export interface FetchDialogProps {
  vm: string;
  title: string;
  note: string;
  /** The button: "Pull". */
  action: string;
  /** What is said while it runs: "Pulling alpine:3.20". */
  working: string;
  fetch: JobRun;
  /** Why the form cannot be sent yet; undefined when it can. */
  incomplete: string | undefined;
  onSubmit: () => Promise<void>;
  onClose: () => void;
  /** The fields. They keep what was typed whatever happens. */
  children: ReactNode;
}

/** A form which fetches an image: closing it lets the work go on, Cancel ends it. */
export function FetchDialog(props: FetchDialogProps) {
  const { vm, title, note, action, working, fetch, incomplete, onSubmit, onClose, children } = props;
  const form = useId();
  const unavailable = useDockerUnavailable(vm) ?? incomplete;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!fetch.busy && unavailable === undefined) void onSubmit();
  };
  return (
    <Dialog
      open
      title={title}
      note={note}
      onClose={onClose}
      footer={
        <>
          {fetch.busy ? (
            <>
              <Button
                onClick={() => fetch.cancel?.()}
                unavailable={fetch.cancel ? undefined : 'It is only just beginning'}
              >
                Cancel
              </Button>
              <Button onClick={onClose}>Go on in the background</Button>
            </>
          ) : (
            <Button onClick={onClose}>Close</Button>
          )}
          <Button type="submit" form={form} kind="primary" busy={fetch.busy} unavailable={unavailable}>
            {action}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {children}
        <JobRunProgress run={fetch} label={working} />
      </form>
    </Dialog>
  );
}
