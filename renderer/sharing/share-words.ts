import type { ShareState } from '../../contract/shares.ts';
import type { LampTone } from '../ui/lamp.tsx';

/** What each state of a share is called; the lamp beside it says no more. */
export const shareStateWords: Readonly<Record<ShareState, { word: string; lamp: LampTone }>> = {
  waiting: { word: 'Shared once the VM runs', lamp: 'off' },
  pending: { word: 'Being shared…', lamp: 'busy' },
  mounted: { word: 'Shared', lamp: 'good' },
  missing: { word: 'Not there at the moment', lamp: 'warn' },
  failed: { word: 'Cannot be shared', lamp: 'bad' },
};
