import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { pathsUnder } from '../engine/paths.ts';
import { type Figure, median } from './figure.ts';

const cycles = 5;

/**
 * Suspending and resuming a VM whose containers idle: what a person waits for, from the click to Docker's answer on the
 * host. The baseline is the cold start of the same VM in the same run.
 */
export async function suspendFigures(options: {
  readonly home: string;
  readonly client: EngineClient;
  readonly vm: string;
}): Promise<Figure[]> {
  const { client, home, vm } = options;
  const { calls } = client;
  const docker = new Dockerode({ socketPath: join(home, 'docker.sock') });
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1_000;
  };
  const startToAnswer = () =>
    seconds(async () => {
      await calls.vm.start({ vm });
      await docker.ping();
    });

  await calls.vm.stop({ vm, by: 'shut-down' });
  const cold = await startToAnswer();
  const { memory } = await calls.vm.figures({ vm });
  const suspends: number[] = [];
  const resumes: number[] = [];
  const files: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    suspends.push(await seconds(() => calls.vm.stop({ vm, by: 'suspend' })));
    const { blocks } = await stat(pathsUnder(home).vm(vm).savedMemory);
    files.push((blocks * 512) / 1e6);
    resumes.push(await startToAnswer());
  }
  const spread = (values: readonly number[]): string =>
    `median of ${cycles}, ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  return [
    {
      name: 'resume to Docker on the host',
      value: median(resumes),
      unit: 's',
      goal: 1.5,
      baseline: { name: 'cold start, same VM', value: cold },
      how: spread(resumes),
    },
    {
      name: 'suspend',
      value: median(suspends),
      unit: 's',
      goal: 4,
      baseline: null,
      how: spread(suspends),
    },
    {
      name: 'saved memory on disk',
      value: median(files),
      unit: 'MB',
      goal: memory.guestUsedBytes / 1e6 + 150,
      baseline: { name: 'memory of the VM', value: memory.guestTotalBytes / 1e6 },
      how: `the guest used ${(memory.guestUsedBytes / 1e6).toFixed(0)} MB before; ${spread(files)}`,
    },
  ];
}
