import { TriangleAlert } from 'lucide-react';
import type { Drift } from '../../../contract/emulation.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useNow } from '../../ui/use-now.ts';

const ageTickMs = 10_000;

export interface DriftNoticeProps {
  arch: string;
  drift: Drift;
  busy: boolean;
  unavailable: string | undefined;
  onPutBack: () => void;
  onLeave: () => void;
}

/** What something else changed, and what was done about it; once putting back has ended, the question who is right. */
export function DriftNotice({ arch, drift, busy, unavailable, onPutBack, onLeave }: DriftNoticeProps) {
  const now = useNow(ageTickMs);
  const { changes, restores, stopped } = drift;
  return (
    <section
      aria-label={`Changes to ${arch} by something else`}
      className={classNames(
        'rounded-md border px-3 py-2',
        stopped ? 'border-warn/30 bg-warn-soft' : 'border-line bg-sunken',
      )}
    >
      <div className="flex gap-2.5">
        <TriangleAlert
          aria-hidden
          className={classNames('mt-0.5 size-4 shrink-0', stopped ? 'text-warn' : 'text-faint')}
        />
        <div className="min-w-0 flex-1">
          <p className={stopped ? 'font-medium' : undefined}>
            Something else in the VM changed this handler {formatAge(now - drift.at)}
            {stopped || restores === 0 ? '.' : `; it was put back ${times(restores)}.`}
          </p>
          <ul className="text-sm text-muted">
            {[...new Set(changes)].map((change) => (
              <li key={change} className="wrap-anywhere first-letter:uppercase">
                {plainText(change)}
              </li>
            ))}
          </ul>
          {stopped ? (
            <>
              <p className="mt-1.5">
                It was put back {times(restores)} within ten minutes and changed again each time, so Foredeck
                stopped. Which is right? Leaving it takes {arch} off Foredeck’s list; what the other program
                registered stays.
              </p>
              <div className="mt-2.5 flex flex-wrap gap-2">
                <Button
                  size="sm"
                  kind="primary"
                  busy={busy}
                  unavailable={unavailable}
                  aria-label={`Put ${arch} back`}
                  onClick={onPutBack}
                >
                  Put it back
                </Button>
                <Button
                  size="sm"
                  busy={busy}
                  unavailable={unavailable}
                  aria-label={`Leave ${arch} as it is`}
                  onClick={onLeave}
                >
                  Leave it
                </Button>
              </div>
            </>
          ) : null}
        </div>
      </div>
    </section>
  );
}

function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}
