import { type BootStageId, bootStageIds } from '../../contract/records.ts';

/** What one line of the serial console tells about the boot. */
export type ConsoleFact =
  | { readonly kind: 'kernel' }
  | { readonly kind: 'stage'; readonly stage: BootStageId }
  | { readonly kind: 'problem'; readonly stage: BootStageId; readonly text: string };

/** Longer problem texts are cut: they are shown beside a stage. */
const longestProblemChars = 300;

/**
 * Reads a console line. The guest's init writes `@foredeck stage=<id>` and `@foredeck problem=<id> <text>`, the kernel
 * lines that begin with its clock. Other lines, and stages this engine does not know, tell nothing.
 */
export function consoleFact(line: string): ConsoleFact | undefined {
  // The kernel may write on the same line, before the guest's words or after them.
  const said = /@foredeck (?<kind>stage|problem)=(?<stage>[a-z]+)(?: (?<text>.*))?/.exec(
    line.trimEnd(),
  )?.groups;
  if (said) {
    const stage = bootStageIds.find((id) => id === said.stage);
    if (!stage) return undefined;
    if (said.kind === 'stage') return { kind: 'stage', stage };
    const text = (said.text ?? '').slice(0, longestProblemChars);
    return { kind: 'problem', stage, text: text === '' ? 'failed' : text };
  }
  return /^\[\s*\d+\.\d{6}\]/.test(line) ? { kind: 'kernel' } : undefined;
}
