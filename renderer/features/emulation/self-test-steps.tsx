import { Check, X } from 'lucide-react';
import type { SelfTest } from '../../../contract/records.ts';
import { formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';

/** What was executed and what came of it. */
export function SelfTestSteps({ test }: { test: SelfTest }) {
  return (
    <ol
      aria-label="Steps of the last self-test"
      className="rounded-md border border-line bg-sunken px-3 py-1.5 text-sm"
    >
      {test.steps.map((step) => (
        <li key={step.id} className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-2 py-0.5">
          {step.ok ? (
            <Check aria-label="passed" className="size-3.5 text-good" />
          ) : (
            <X aria-label="failed" className="size-3.5 text-bad" />
          )}
          <span className="break-words">
            <span className="font-medium">{plainText(step.id)}</span>{' '}
            <span className="text-muted">{plainText(step.detail)}</span>
          </span>
          <span className="text-muted tabular-nums">{formatDuration(step.ms)}</span>
        </li>
      ))}
    </ol>
  );
}
