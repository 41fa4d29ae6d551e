import type { BootStageId } from '../../contract/records.ts';
import { tailLines } from '../base/tail-lines.ts';
import type { BootTimeline } from './boot-timeline.ts';
import { consoleFact } from './console-line.ts';

/** A stage is shown, and measured, to this precision. */
const pollIntervalMs = 50;

/** Reads the serial console into `timeline` until `signal` aborts; `onChange` after each fact. */
export async function watchConsole(options: {
  path: string;
  timeline: BootTimeline;
  signal: AbortSignal;
  onChange: () => void;
  onProblem: (stage: BootStageId, text: string) => void;
}): Promise<void> {
  const { path, timeline, signal } = options;
  for await (const line of tailLines(path, { signal, intervalMs: pollIntervalMs })) {
    const fact = consoleFact(line);
    if (!fact) continue;
    // A quiet kernel says nothing; that its guest speaks proves that it runs.
    timeline.reach('kernel');
    if (fact.kind === 'stage') timeline.reach(fact.stage);
    if (fact.kind === 'problem') {
      timeline.note(fact.stage, fact.text);
      options.onProblem(fact.stage, fact.text);
    }
    options.onChange();
  }
}
