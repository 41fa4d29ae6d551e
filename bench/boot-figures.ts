import { type BootStageId, bootStageIds } from '../contract/records.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { type Figure, median } from './figure.ts';

/** Each stage of a cold start, in seconds since QEMU was spawned; `docker` is Docker's answer on the host. */
export type ColdStart = Readonly<Partial<Record<BootStageId, number>>>;

/** Shuts the VM down, which must run, and boots it again, `runs` times. It runs afterwards. */
export async function coldStarts(
  client: EngineClient,
  { vm, runs, onRun }: { vm: string; runs: number; onRun: (run: number) => void },
): Promise<ColdStart[]> {
  const starts: ColdStart[] = [];
  for (let run = 1; run <= runs; run += 1) {
    onRun(run);
    // A suspended VM would resume instead.
    await client.calls.vm.stop({ vm, by: 'shut-down' });
    const { boot } = await client.calls.vm.start({ vm });
    const reached = boot.stages.flatMap(({ id, atMs }) => (atMs === null ? [] : [[id, atMs / 1_000]]));
    starts.push(Object.fromEntries(reached) as ColdStart);
  }
  return starts;
}

/** Where the time of a cold start goes: one figure a stage, without goals, for whoever wants to shorten it. */
export function bootFigures(starts: readonly ColdStart[]): Figure[] {
  return bootStageIds.flatMap((id) => {
    const seconds = starts.map((start) => start[id]).filter((value) => value !== undefined);
    if (seconds.length === 0) return [];
    const range = `${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} s`;
    return {
      name: `cold start: ${id}`,
      value: median(seconds),
      unit: 's',
      goal: null,
      baseline: null,
      how: `since QEMU's start, median of ${seconds.length} (${range})`,
    };
  });
}
