import type { Handler, HandlerState } from '../../../contract/records.ts';
import type { LampTone } from '../../ui/lamp.tsx';

export const handlerLamps: Record<HandlerState, LampTone> = {
  native: 'good',
  off: 'off',
  'switching-on': 'busy',
  on: 'good',
  'switching-off': 'busy',
  failed: 'bad',
  unknown: 'unknown',
};

export const handlerWords: Record<HandlerState, string> = {
  native: 'Native',
  off: 'Off',
  'switching-on': 'Switching on',
  on: 'On, proved',
  'switching-off': 'Switching off',
  failed: 'Failed',
  unknown: 'Not known',
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

/** A sentence for the flags as the kernel reads them back, `POCF`. */
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
