import type { BootStageId } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import { orAborted } from '../base/time.ts';
import { bootStages, patienceMs } from './boot-stages.ts';
import type { BootTimeline } from './boot-timeline.ts';

/** Console lines shown with an error. */
const evidenceLines = 15;

/**
 * Runs `work`, which boots a guest, and gives up when the next stage of `timeline` takes longer than it may: `work`'s
 * signal aborts and `boot_failed` is thrown, which names the stage, what to do, and the console's last lines.
 */
export async function watchBoot<T>(
  options: {
    vm: string;
    timeline: BootTimeline;
    emulated: boolean;
    consolePath: string;
    signal: AbortSignal;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { timeline, emulated, signal } = options;
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    clearTimeout(timer);
    const next = timeline.next?.id;
    if (next) timer = setTimeout(() => late.abort(next), patienceMs(next, emulated));
  };
  const stopListening = timeline.onReached(arm);
  arm();
  try {
    const within = AbortSignal.any([signal, late.signal]);
    return await orAborted(work(within), within);
  } catch (thrown) {
    if (signal.aborted || !late.signal.aborted) throw thrown;
    throw await stageMissing(options, timeline.next?.id ?? 'emulators', thrown);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

async function stageMissing(
  options: { vm: string; timeline: BootTimeline; emulated: boolean; consolePath: string },
  stage: BootStageId,
  cause: unknown,
): Promise<EngineError> {
  const { title, hint } = bootStages[stage];
  const seconds = Math.round(patienceMs(stage, options.emulated) / 1_000);
  const told = options.timeline.next?.problem;
  const problem = `no sign of ${title} within ${seconds} s${told ? ` (${told})` : ''}`;
  options.timeline.note(stage, told ?? problem);
  return new EngineError({
    code: 'boot_failed',
    message: `VM "${options.vm}" did not come up: ${problem}.`,
    hint,
    details: { stage, console: (await lastLines(options.consolePath, evidenceLines)).join('\n') },
    cause,
  });
}
