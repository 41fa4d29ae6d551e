import { BadgeCheck, Lightbulb } from 'lucide-react';
import { useState } from 'react';
import type { Fix } from '../../../contract/doctor.ts';
import type { Container } from '../../../contract/records.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { FixDialog } from './fix-dialog.tsx';
import { applyFix, useFixRuns } from './fix-runs.ts';

/** What helps, best first, a button each. What starts another container asks before. */
export function FixList({ container, fixes }: { container: Container; fixes: readonly Fix[] }) {
  const [asking, setAsking] = useState<Fix | null>(null);
  const working = useFixRuns((runs) => {
    const run = runs[container.id];
    return run?.phase === 'working' ? run.fix.id : null;
  });
  const blocked = useDockerUnavailable(container.vm);
  if (fixes.length === 0) return <p className="text-muted">Nothing is known that helps.</p>;
  const best = fixes.find((fix) => fix.kind !== 'advice' && fix.unavailable === null);
  const press = (fix: Fix): void => {
    if (fix.kind === 'switch-on') void applyFix(container, fix, 'keep');
    else setAsking(fix);
  };
  return (
    <div>
      <h4 className="text-xs text-faint">What helps</h4>
      <ol aria-label="What helps" className="mt-1 divide-y divide-line">
        {fixes.map((fix) => (
          <li key={fix.id} className="flex flex-col gap-1.5 py-2.5 first:pt-1 last:pb-0">
            <div className="flex flex-wrap items-center gap-2">
              {fix.kind === 'advice' ? (
                <p className="flex min-w-0 items-center gap-2 font-medium">
                  <Lightbulb aria-hidden className="size-3.5 shrink-0 text-muted" />
                  <Untrusted text={fix.label} />
                </p>
              ) : (
                <Button
                  size="sm"
                  kind={fix === best ? 'primary' : 'plain'}
                  className="h-auto min-h-7 max-w-full py-1 text-left whitespace-normal wrap-anywhere"
                  busy={working === fix.id}
                  unavailable={
                    (fix.unavailable === null ? undefined : plainText(fix.unavailable)) ??
                    blocked ??
                    (working === null || working === fix.id ? undefined : 'Another fix is under way')
                  }
                  onClick={() => press(fix)}
                >
                  {plainText(fix.label)}
                </Button>
              )}
              {fix.workedBefore ? (
                <Pill tone="good" icon={<BadgeCheck aria-hidden className="size-3" />}>
                  worked before
                </Pill>
              ) : null}
            </div>
            <p className="max-w-3xl text-sm wrap-anywhere text-muted">
              {fix.unavailable === null ? null : (
                <span className="text-warn">
                  Not now: <Untrusted text={fix.unavailable} />{' '}
                </span>
              )}
              <Untrusted text={fix.detail} />
            </p>
            {fix.command === null ? null : <ByHand label={fix.label} command={fix.command} />}
          </li>
        ))}
      </ol>
      {asking ? (
        <FixDialog
          container={container}
          fix={asking}
          onClose={() => setAsking(null)}
          onConfirm={(data) => void applyFix(container, asking, data)}
        />
      ) : null}
    </div>
  );
}

function ByHand({ label, command }: { label: string; command: string }) {
  return (
    <details className="max-w-3xl">
      <summary className="w-fit rounded text-sm text-muted hover:text-ink">By hand</summary>
      <div className="mt-1.5">
        <CopyableCommand command={plainText(command)} label={`Copy the command of “${plainText(label)}”`} />
      </div>
    </details>
  );
}
