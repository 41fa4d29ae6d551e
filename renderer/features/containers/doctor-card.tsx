import { Stethoscope } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import type { Diagnosis } from '../../../contract/doctor.ts';
import type { WireError } from '../../../contract/errors.ts';
import type { Container } from '../../../contract/records.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { OutsideLink } from '../../ui/outside-link.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { describeExitCode } from './container-failure.ts';
import { FixList } from './fix-list.tsx';

const ageTickMs = 10_000;

/** Why the container failed, what that is concluded from, and what helps; or, plainly, that it is not known. */
export function DoctorCard({ container }: { container: Container }) {
  const { diagnosis } = container;
  return diagnosis ? (
    <Verdict container={container} diagnosis={diagnosis} />
  ) : (
    <Unexplained container={container} />
  );
}

function Verdict({ container, diagnosis }: { container: Container; diagnosis: Diagnosis }) {
  const now = useNow(ageTickMs);
  const examination = useExamination(container);
  return (
    <Frame
      title={<Untrusted text={diagnosis.title} />}
      action={<ExamineButton examination={examination} label="Examine again" />}
    >
      <p className="max-w-3xl wrap-anywhere">
        <Untrusted text={diagnosis.cause} />
      </p>
      <Evidence lines={diagnosis.evidence} />
      <FixList container={container} fixes={diagnosis.fixes} />
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {diagnosis.source ? (
          <OutsideLink href={diagnosis.source}>Where this is known from</OutsideLink>
        ) : null}
        <span>
          Rule <Untrusted text={diagnosis.rule} className="font-mono text-xs" />
        </span>
        <span>Examined {formatAge(now - diagnosis.at)}</span>
      </p>
      {examination.error ? <Failure error={examination.error} /> : null}
    </Frame>
  );
}

/** A failure without a verdict: no guess is better than a wrong one. */
function Unexplained({ container }: { container: Container }) {
  const examination = useExamination(container);
  const { exitCode } = container;
  return (
    <Frame
      title={exitCode === null ? 'It failed' : `It ended with exit code ${exitCode}`}
      action={<ExamineButton examination={examination} label="Examine" />}
    >
      <p className="max-w-3xl text-muted">
        {exitCode === null ? '' : `${describeExitCode(exitCode)} `}
        <span role="status">
          {examination.done
            ? 'Examined just now: no rule of the doctor agrees with this failure'
            : 'No rule of the doctor agrees with this failure'}
          , so nothing is claimed about its cause.
        </span>{' '}
        Its log says more.
      </p>
      {examination.error ? <Failure error={examination.error} /> : null}
    </Frame>
  );
}

function Frame({ title, action, children }: { title: ReactNode; action: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex flex-col gap-3 rounded-md border border-bad/30 bg-surface px-4 py-3"
    >
      <header className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <Stethoscope aria-hidden className="size-4 shrink-0 text-bad" />
        <h3 id={id} className="min-w-0 flex-1 font-semibold wrap-anywhere">
          {title}
        </h3>
        {action}
      </header>
      {children}
    </section>
  );
}

/** Lines of logs are among them: text of the container, whatever it says. */
function Evidence({ lines }: { lines: readonly string[] }) {
  const id = useId();
  if (lines.length === 0) return null;
  return (
    <div>
      <h4 id={id} className="text-xs text-faint">
        What this is concluded from
      </h4>
      <ul
        aria-labelledby={id}
        className="mt-1 max-h-48 overflow-auto rounded bg-sunken px-3 py-2 font-mono text-xs"
      >
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may be equal and never move
          <li key={index} className="py-0.5 wrap-anywhere">
            <Untrusted text={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Examination {
  busy: boolean;
  /** One has ended without an error since the card is shown. */
  done: boolean;
  error: WireError | null;
  unavailable: string | undefined;
  begin: () => Promise<void>;
}

/** Looks anew; the verdict arrives in the container's record. */
function useExamination({ vm, id }: Container): Examination {
  const [{ done, error }, setResult] = useState<{ done: boolean; error: WireError | null }>({
    done: false,
    error: null,
  });
  const key = `doctor:examine:${id}`;
  const busy = usePending(key);
  const unavailable = useDockerUnavailable(vm);
  const begin = async (): Promise<void> => {
    const outcome = await attempt(key, (client) => client.doctor.examine({ vm, container: id }));
    if (outcome) setResult({ done: outcome.ok, error: outcome.ok ? null : outcome.error });
  };
  return { busy, done, error, unavailable, begin };
}

function ExamineButton({ examination, label }: { examination: Examination; label: string }) {
  return (
    <Button
      size="sm"
      busy={examination.busy}
      unavailable={examination.unavailable}
      onClick={() => void examination.begin()}
    >
      {label}
    </Button>
  );
}

function Failure({ error }: { error: WireError }) {
  return <ErrorPanel message={error.message} hint={error.hint} details={error.details} />;
}
