import type { EmulationTax } from '../../contract/process-tree.ts';
import { formatBytes } from '../ui/text/bytes.ts';
import { formatDuration } from '../ui/text/duration.ts';

/** Ended processes are worth a word from this part of a container's CPU time on, if it is more than starting took. */
const worthTellingShare = 0.1;
const worthTellingMs = 2_000;

/** What emulation costs a container, a sentence each; none when nothing in it is emulated. */
export function taxWords(tax: EmulationTax): string[] {
  if (tax.emulated === 0) return [];
  const words: string[] = [];
  if (tax.cpuMs > 0) words.push(`${percent(tax.emulatedCpuMs / tax.cpuMs)} of its CPU time is emulated`);
  words.push(
    tax.extraRssBytes === null
      ? 'memory of the emulator not read yet'
      : `${formatBytes(tax.extraRssBytes)} more memory for the emulator`,
  );
  const ended = tax.endedCpuMs ?? 0;
  if (ended > worthTellingMs && ended > worthTellingShare * (tax.cpuMs + ended)) {
    words.push(`${formatDuration(ended)} of CPU time by processes that have ended not counted`);
  }
  return words;
}

/** Whole percents; only all of it is 100, and only none of it 0. */
function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %';
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}
