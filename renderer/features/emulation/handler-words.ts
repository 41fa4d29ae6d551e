import type { Handler, SelfTestCause, SelfTestStepId } from '../../../contract/records.ts';

/** What each rung of the self-test asks, as a person would. */
export const stepWords: Record<SelfTestStepId, string> = {
  entry: 'Registered as it should be',
  order: 'No other handler comes first',
  run: 'A program runs',
  'open-binary': 'Programs that may not be read run',
  credentials: 'setuid programs get their rights',
  argv0: 'Programs see how they were called',
  signal: 'A crash is told as a crash',
  isa: 'Instruction set',
  syscalls: 'System calls',
  busybox: 'A shell with pipes and threads',
  docker: 'docker run',
};

/** Follows "Self-test". */
export const causeWords: Record<SelfTestCause, string> = {
  boot: 'at the VM’s start',
  wake: 'after waking up',
  change: 'after a change',
  drift: 'after something else changed the handler',
  request: 'on request',
};

/** What the flags of a binfmt_misc entry mean for programs. Source: kernel doc admin-guide/binfmt-misc.rst. */
const flagMeanings: Record<string, { with: string; without: string }> = {
  P: {
    with: 'programs see the name they were called by',
    without: 'programs called by another name (busybox) fail',
  },
  O: { with: 'programs that may not be read still run', without: 'programs that may not be read fail' },
  C: { with: 'setuid programs such as sudo work', without: 'setuid programs such as sudo fail' },
  F: { with: 'works inside containers', without: 'does not work inside containers' },
};

/** A line for each flag as the kernel reads them back, `POCF`. */
export function describeFlags(flags: string): string {
  return Object.entries(flagMeanings)
    .map(([flag, meaning]) => `${flag}: ${flags.includes(flag) ? meaning.with : meaning.without}`)
    .join('\n');
}

/** Where the switch stands: what the person wants, since that is what a click changes. */
export function isSwitchedOn(handler: Handler): boolean {
  if (handler.state === 'switching-on') return true;
  if (handler.state === 'switching-off') return false;
  return handler.state === 'on' || handler.wanted;
}
