import { type BootStageId, bootStageIds } from '../contract/records.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

const runs = 3;

/** Each stage of a cold start, in seconds since QEMU was spawned; `docker` is Docker's answer on the host. */
type ColdStart = Readonly<Partial<Record<BootStageId, number>>>;

/** How long a VM takes from nothing to Docker on the host, and where that time goes, stage by stage. */
export async function coldStartFigures(bench: Bench): Promise<Figure[]> {
  const { accelerator } = await bench.running();
  const starts = await coldStarts(bench, runs);
  const stock = await bench.stock.figures(() => bench.shutDown());
  const secondsTo = (stage: BootStageId): number[] => starts.flatMap((start) => start[stage] ?? []);
  return [
    {
      name: 'cold start to Docker on the host',
      unit: 's',
      measured: secondsTo('docker'),
      goal: 16,
      ratioGoal: 6,
      baseline: { name: 'stock systemd', measured: stock ? [stock.bootSeconds] : [] },
      how: `since QEMU's start (${accelerator})`,
    },
    ...bootStageIds.flatMap((id): Figure[] => {
      const measured = secondsTo(id);
      if (measured.length === 0) return [];
      const how = "since QEMU's start";
      return [{ name: `cold start: ${id}`, unit: 's', measured, goal: null, baseline: null, how }];
    }),
  ];
}

/** Shuts the VM down, which must run, and boots it again, `count` times. It runs afterwards. */
export async function coldStarts(bench: Bench, count: number): Promise<ColdStart[]> {
  const starts: ColdStart[] = [];
  for (let run = 1; run <= count; run += 1) {
    bench.say(`boot ${run} of ${count}`);
    // A suspended VM would resume instead.
    await bench.shutDown();
    const { boot } = await bench.running();
    const reached = boot.stages.flatMap(({ id, atMs }) => (atMs === null ? [] : [[id, atMs / 1_000]]));
    starts.push(Object.fromEntries(reached) as ColdStart);
  }
  return starts;
}
