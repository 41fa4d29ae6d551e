import { Check, Clock, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { type SelfTest, type SelfTestStep, selfTestStepIds } from '../../../contract/records.ts';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useNow } from '../../ui/use-now.ts';
import { causeWords, stepWords } from './handler-words.ts';
import { consequencesOfStep } from './proof.ts';

const ageTickMs = 10_000;

/** These wait for Docker and are timed on their own. */
const lateSteps = ['busybox', 'docker'] as const;

/** What was executed, rung by rung, and what came of it. */
export function SelfTestLadder({ arch, test }: { arch: string; test: SelfTest }) {
  const now = useNow(ageTickMs);
  const order = (step: SelfTestStep): number => selfTestStepIds.indexOf(step.id);
  const steps = test.steps.toSorted((a, b) => order(a) - order(b));
  const toCome = test.complete ? [] : lateSteps.filter((id) => !steps.some((step) => step.id === id));
  return (
    <div>
      <p className="text-sm text-muted">
        <span className="font-medium text-ink">Self-test</span> {causeWords[test.cause]},{' '}
        {formatAge(now - test.at)}: {formatDuration(test.ms)}
      </p>
      <ol aria-label={`Steps of the self-test of ${arch}`} className="mt-1">
        {steps.map((step) => (
          <Rung
            key={step.id}
            icon={
              step.ok ? (
                <Check aria-label="passed" className="size-3.5 text-good" />
              ) : (
                <X aria-label="failed" className="size-3.5 text-bad" />
              )
            }
            title={stepWords[step.id]}
            detail={plainText(step.detail)}
            time={formatDuration(step.ms)}
            consequences={consequencesOfStep(step)}
            failed={!step.ok}
          />
        ))}
        {toCome.map((id) => (
          <Rung
            key={id}
            icon={<Clock aria-label="to come" className="size-3.5 text-faint" />}
            title={stepWords[id]}
            detail="follows when Docker answers"
          />
        ))}
      </ol>
    </div>
  );
}

interface RungProps {
  icon: ReactNode;
  title: string;
  detail: string;
  time?: string;
  consequences?: readonly string[];
  failed?: boolean;
}

function Rung({ icon, title, detail, time = '', consequences = [], failed = false }: RungProps) {
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-baseline gap-x-2 py-0.5 text-sm sm:grid-cols-[1rem_16rem_minmax(0,1fr)_auto]">
      <span className="self-start pt-1">{icon}</span>
      <span>{title}</span>
      <span className="text-right text-muted tabular-nums sm:order-last">{time}</span>
      <span className="col-start-2 wrap-anywhere text-muted sm:col-start-3 sm:row-start-1">
        {detail}
        {consequences.map((consequence) => (
          <span key={consequence} className={failed ? 'block text-bad' : 'block'}>
            {plainText(consequence)}
          </span>
        ))}
      </span>
    </li>
  );
}
