import type { Bench } from './bench.ts';
import { residentMegabytes } from './bench-home.ts';
import { cpuPercentsOf, windowSeconds } from './cpu-percents.ts';
import type { Figure } from './figure.ts';

/** What the engine and QEMU take of the host while nothing happens in the VM and nobody looks. */
export async function idleFigures(bench: Bench): Promise<Figure[]> {
  const { pid } = await bench.running();
  const { enginePid } = bench.client.info.host;
  bench.say('idling for a minute');
  const [engine = [], qemu = []] = await cpuPercentsOf([enginePid, pid], bench.scope.signal);
  const [engineMegabytes, qemuMegabytes] = await Promise.all([enginePid, pid].map(residentMegabytes));
  const stock = await bench.stock.figures(() => bench.shutDown());
  const stockName = "stock systemd's QEMU";
  const how = `of a core, ${windowSeconds} s each`;
  return [
    { name: 'engine CPU', unit: '%', measured: engine, goal: 1, baseline: null, how },
    {
      name: 'engine memory',
      unit: 'MB',
      measured: [engineMegabytes ?? Number.NaN],
      goal: 200,
      baseline: null,
      how: 'resident',
    },
    {
      name: 'QEMU CPU',
      unit: '%',
      measured: qemu,
      goal: null,
      baseline: { name: stockName, measured: stock?.idleCpuPercents ?? [] },
      how: `${how}, the engine connected`,
    },
    {
      name: 'QEMU memory',
      unit: 'MB',
      measured: [qemuMegabytes ?? Number.NaN],
      goal: null,
      baseline: { name: stockName, measured: stock ? [stock.residentMegabytes] : [] },
      how: 'resident',
    },
  ];
}
