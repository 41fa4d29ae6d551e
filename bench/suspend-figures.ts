import { stat } from 'node:fs/promises';
import { pathsUnder } from '../engine/paths.ts';
import type { Bench } from './bench.ts';
import { type Figure, secondsOf } from './figure.ts';

const cycles = 5;
const coldRuns = 3;

/**
 * Suspending and resuming a VM whose containers idle: what a person waits for, from the click to Docker's answer on the
 * host. The baseline is the cold start of the same VM in the same run, from the same click.
 */
export async function suspendFigures(bench: Bench): Promise<Figure[]> {
  const { client, docker, home, vm } = bench;
  const startToAnswer = async (): Promise<void> => {
    await bench.running();
    await docker.ping();
  };
  await bench.running();
  const colds: number[] = [];
  const shutDowns: number[] = [];
  for (let run = 0; run < coldRuns; run += 1) {
    shutDowns.push(...(await secondsOf(1, () => bench.shutDown())));
    colds.push(...(await secondsOf(1, startToAnswer)));
  }
  const { memory } = await client.calls.vm.figures({ vm });
  const suspends: number[] = [];
  const resumes: number[] = [];
  const files: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    suspends.push(...(await secondsOf(1, () => client.calls.vm.stop({ vm, by: 'suspend' }))));
    const { blocks } = await stat(pathsUnder(home).vm(vm).savedMemory);
    files.push((blocks * 512) / 1e6);
    resumes.push(...(await secondsOf(1, startToAnswer)));
  }
  return [
    {
      name: 'resume to Docker on the host',
      unit: 's',
      measured: resumes,
      goal: 1.5,
      baseline: { name: 'cold start, same VM', measured: colds },
      how: 'from the call to a ping through the socket',
    },
    {
      name: 'suspend',
      unit: 's',
      measured: suspends,
      goal: 4,
      baseline: { name: 'shut down, same VM', measured: shutDowns },
      how: "from the call to QEMU's confirmed exit",
    },
    {
      name: 'saved memory on disk',
      unit: 'MB',
      measured: files,
      goal: memory.guestUsedBytes / 1e6 + 150,
      baseline: { name: 'memory of the VM', measured: [memory.guestTotalBytes / 1e6] },
      how: `the guest used ${(memory.guestUsedBytes / 1e6).toFixed(0)} MB before`,
    },
  ];
}
