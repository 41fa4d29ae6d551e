import type { Vm } from '../contract/records.ts';
import type { SavedState } from '../contract/saved-state.ts';
import { formatBytes } from './output.ts';
import { printable } from './printable.ts';

/** What became of a VM that does not run. */
export function restingLine({ name, state, savedState }: Vm): string {
  if (state !== 'suspended' || !savedState) return `VM ${name} is ${state}.`;
  return `VM ${name} is suspended; its memory takes ${formatBytes(savedState.bytes)} on disk. "foredeck start" resumes it.`;
}

/** What was thrown away. */
export function discardedLine({ bytes, savedAt }: SavedState): string {
  return `The memory saved at ${timeOf(savedAt)} (${formatBytes(bytes)}) was thrown away; what ran in it has ended.`;
}

/** A saved state as `foredeck status` tells it; the hint of one that cannot be used says how to go on without. */
export function savedStateLines({ savedAt, bytes, problem }: SavedState): string[] {
  const lines = [`suspended  since ${timeOf(savedAt)}, its memory takes ${formatBytes(bytes)} on disk`];
  if (problem) lines.push(`problem    ${printable(problem.message)} ${printable(problem.hint)}`);
  return lines;
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
