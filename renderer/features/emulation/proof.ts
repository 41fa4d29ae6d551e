import type { Handler, SelfTestStep } from '../../../contract/records.ts';
import type { LampTone } from '../../ui/lamp.tsx';

/** How long a passed test speaks for itself: tests run at each start, wake and change, so an older one is unusual. */
const freshMs = 86_400_000;

export interface Proof {
  lamp: LampTone;
  /** The state in words, to be followed by when it was tested. */
  words: string;
}

export interface ProofSurroundings {
  /** Epoch milliseconds. */
  now: number;
  /** When the VM was started; a test before that was of another run. Null while it is not known. */
  vmStartedAt: number | null;
}

/** What is known about a handler. Green is for what has been executed and passed, never for what is configured. */
export function proofOf(handler: Handler, { now, vmStartedAt }: ProofSurroundings): Proof {
  const { state, lastTest, drift } = handler;
  switch (state) {
    case 'native':
      if (!lastTest) return { lamp: 'unknown', words: 'Native' };
      return lastTest.ok
        ? { lamp: 'good', words: 'Native, proved' }
        : { lamp: 'bad', words: 'Native, but a test program failed' };
    case 'off':
      return { lamp: 'off', words: 'Off' };
    case 'switching-on':
      return { lamp: 'busy', words: 'Switching on' };
    case 'switching-off':
      return { lamp: 'busy', words: 'Switching off' };
    case 'failed':
      return { lamp: 'bad', words: 'Failed' };
    case 'unknown':
      return { lamp: 'unknown', words: 'Not known' };
    case 'on':
      break;
  }
  const doubtful = (words: string): Proof => ({ lamp: 'warn', words: `On, ${words}` });
  if (!lastTest) return doubtful('not tested yet');
  if (drift?.stopped) return doubtful('but something else changed it');
  if (!lastTest.ok) return doubtful('but not everything works');
  if (drift && drift.at > lastTest.at) return doubtful('not tested since something else changed it');
  if (vmStartedAt !== null && lastTest.at < vmStartedAt) return doubtful('not tested since the VM’s start');
  if (!lastTest.complete) return doubtful('the self-test goes on');
  if (now - lastTest.at > freshMs) return doubtful('not tested for a day');
  return { lamp: 'good', words: 'On, proved' };
}

/** What will not work, in plain words: rungs that failed, and limits which a passed one found. */
export function consequencesOf(handler: Handler): { failed: string[]; limits: string[] } {
  const steps = handler.lastTest?.steps ?? [];
  const words = (ok: boolean): string[] => [
    ...new Set(steps.filter((step) => step.ok === ok).flatMap((step) => consequencesOfStep(step))),
  ];
  return { failed: words(false), limits: words(true) };
}

/** One rung may name several, with semicolons between them. */
export function consequencesOfStep({ consequence }: SelfTestStep): string[] {
  return consequence?.split('; ') ?? [];
}
