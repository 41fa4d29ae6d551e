import { Check } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { EngineClient } from '../../bridge/engine-client.ts';
import { attempt } from '../../state/attempt.ts';
import { usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';

export type StepState = 'done' | 'now' | 'later';

export interface StepProps {
  number: number;
  title: string;
  state: StepState;
  /** Said beside the title once it is done. */
  outcome?: ReactNode;
  /** What there is to do, shown while it is this step's turn. */
  children: ReactNode;
}

/** One of a few things to do in their order; only the one whose turn it is unfolds. */
export function Step({ number, title, state, outcome, children }: StepProps) {
  return (
    <li aria-current={state === 'now' ? 'step' : undefined} className="flex gap-3 py-2.5">
      <span
        aria-hidden
        className={classNames(
          'mt-px grid size-6 shrink-0 place-items-center rounded-full text-sm font-semibold',
          state === 'done' && 'bg-good-soft text-good',
          state === 'now' && 'bg-accent text-on-accent',
          state === 'later' && 'bg-hover text-muted',
        )}
      >
        {state === 'done' ? <Check className="size-3.5" /> : number}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex min-h-6.5 flex-wrap items-center gap-x-2">
          <span className={classNames('font-medium', state === 'later' && 'text-muted')}>{title}</span>
          {state === 'done' ? <span className="sr-only">Done.</span> : null}
          {state === 'done' && outcome ? <span className="text-sm text-muted">{outcome}</span> : null}
        </p>
        {state === 'now' ? <div className="mt-1.5 flex flex-col gap-2.5">{children}</div> : null}
      </div>
    </li>
  );
}

export interface StepActionProps {
  label: string;
  /** What the click is pending under. */
  actionKey: string;
  work: (client: EngineClient) => Promise<unknown>;
  /** The engine says that it is under way, whoever asked for it. */
  busy?: boolean;
  unavailable?: string | undefined;
  /** Beside the button. */
  children?: ReactNode;
}

/** The step's one button; what went wrong is said under it, and it can be pressed again. */
export function StepAction(props: StepActionProps) {
  const { label, actionKey, work, busy = false, unavailable, children } = props;
  const [error, setError] = useState<WireError | null>(null);
  const pending = usePending(actionKey);
  const run = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(actionKey, work);
    if (outcome && !outcome.ok && outcome.error.code !== 'cancelled') setError(outcome.error);
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button kind="primary" busy={busy || pending} unavailable={unavailable} onClick={() => void run()}>
          {label}
        </Button>
        {children}
      </div>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
    </>
  );
}
