import { TriangleAlert } from 'lucide-react';
import type { Handler, SelfTest } from '../../../contract/records.ts';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useNow } from '../../ui/use-now.ts';
import { factorWords } from './emulator-words.ts';
import { consequencesOf, type Proof } from './proof.ts';
import { VersionMenu } from './version-menu.tsx';

/** Ages are shown in steps of ten seconds at the finest. */
const ageTickMs = 10_000;

export interface HandlerSummaryProps {
  handler: Handler;
  proof: Proof;
  /** What is going on, in words; null when nothing is. */
  doing: string | null;
  /** Another version can be chosen now. */
  choosable: boolean;
}

/** What is known in one line and by which emulator in a second; a line more for each thing that does not work. */
export function HandlerSummary({ handler, proof, doing, choosable }: HandlerSummaryProps) {
  const { state, wanted, activity, price, runningUnderOthers } = handler;
  if (state === 'native') {
    return (
      <p>
        <span role="status">{proof.words}</span>
        <LastTest test={handler.lastTest} proved={proof.lamp === 'good'} />
        <span className="text-muted"> · runs on the processor itself</span>
      </p>
    );
  }
  const { failed, limits } = consequencesOf(handler);
  const registered = state === 'on' || state === 'failed';
  const facts = [
    price && registered ? `${factorWords(price.loopFactor)} in loops` : null,
    runningUnderOthers > 0 ? othersWords(runningUnderOthers) : null,
    ...(registered ? shortLimits(limits) : []),
  ].filter((fact) => fact !== null);
  return (
    <>
      <p>
        <span role="status" className="inline-block first-letter:uppercase">
          {doing === null ? proof.words : plainText(doing)}
        </span>
        {doing === null && state !== 'off' ? (
          <LastTest test={handler.lastTest} proved={proof.lamp === 'good'} />
        ) : null}
        {state === 'unknown' && wanted ? (
          <span className="text-muted"> · on again at the VM’s next start</span>
        ) : null}
        {doing === null && activity !== null ? (
          <span className="text-muted">{` · ${plainText(activity)}`}</span>
        ) : null}
      </p>
      {registered
        ? failed.map((consequence) => (
            <p key={consequence} className="flex items-start gap-1.5 text-warn">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              <span className="wrap-anywhere">{plainText(consequence)}</span>
            </p>
          ))
        : null}
      <p className="min-h-4.5 text-sm text-faint">
        <VersionMenu handler={handler} choosable={choosable} />
        {facts.map((fact) => (
          <span key={fact}>{` · ${fact}`}</span>
        ))}
      </p>
    </>
  );
}

/** Outside of what is announced: an age that is read out every ten seconds helps nobody. */
function LastTest({ test, proved }: { test: SelfTest | null; proved: boolean }) {
  const now = useNow(ageTickMs);
  if (!test) return null;
  const age = formatAge(now - test.at);
  const words = proved
    ? ` ${age} in ${formatDuration(test.ms)}`
    : ` · tested ${age}, ${formatDuration(test.ms)}`;
  return <span className="text-muted">{words}</span>;
}

/** The one people meet first, and how many more there are: emulation lacks a dozen things whatever the version. */
function shortLimits([first, ...more]: readonly string[]): string[] {
  if (first === undefined) return [];
  const rest = more.length === 1 ? '1 more limit' : `${more.length} more limits`;
  return more.length === 0 ? [plainText(first)] : [plainText(first), rest];
}

function othersWords(programs: number): string {
  return programs === 1 ? '1 program keeps another version' : `${programs} programs keep another version`;
}
