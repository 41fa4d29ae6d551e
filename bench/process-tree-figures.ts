import type Dockerode from 'dockerode';
import type { Arch } from '../contract/arch.ts';
import type { Process, ProcessSample } from '../contract/process-tree.ts';
import { sleep } from '../engine/base/time.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

/** Sleeping processes of either kind, 500 in all; an emulated one takes about 6 MB of its own. */
const nativeCount = 350;
const emulatedCount = 150;
/** QEMU has a thread of its own beside the program's. */
const threadsOfEmulated = 2;

/** The first sample reads everything of every process; those after it what changes, as when somebody watches. */
const watchedSamples = 6;

/** What it costs the guest to list the processes of a VM with 500 of them, emulated ones included. */
export async function processTreeFigures(bench: Bench): Promise<Figure[]> {
  const { client, docker, foreign, native, scope, vm } = bench;
  await bench.withImages();
  const sleepers = async (arch: Arch, count: number, threads: number): Promise<void> => {
    const container = await docker.createContainer({
      Image: `busybox:${arch}`,
      platform: `linux/${arch}`,
      Cmd: ['sh', '-c', `i=0; while [ $i -lt ${count} ]; do sleep 100000 & i=$((i+1)); done; wait`],
    });
    scope.defer(() => container.remove({ force: true }));
    await container.start();
    await untilStarted(container, count * threads, scope.signal);
  };
  await sleepers(native, nativeCount, 1);
  await sleepers(foreign, emulatedCount, threadsOfEmulated);
  const samples: ProcessSample[] = [];
  for await (const sample of await client.calls.processes.watch({ vm, container: null })) {
    samples.push(sample);
    if (samples.length > watchedSamples) break;
  }
  // The sampler lists itself, and last, since its pid is the highest: a sample tells what it has cost itself.
  const [first = Number.NaN, ...later] = samples.map((sample) => samplerOf(sample)?.cpuMs ?? Number.NaN);
  const eachMs = later.map((used, index) => used - (later[index - 1] ?? first));
  const last = samples.at(-1)?.processes ?? [];
  const emulated = last.filter(({ execution }) => execution === 'emulated').length;
  const how = `guest CPU, ${last.length} processes, ${emulated} of them emulated`;
  return [
    {
      name: 'whole-VM tree, first sample',
      unit: 's',
      measured: [first / 1_000],
      goal: 1,
      baseline: null,
      how: `${how}; start of the sampler included`,
    },
    {
      name: 'whole-VM tree, while watched',
      unit: 's',
      measured: eachMs.map((ms) => ms / 1_000),
      goal: 1,
      baseline: null,
      how: `${how}; each 2 s, reading the emulators' memory included`,
    },
  ];
}

/** Waits until a container has that many threads, without the sampler that is to be measured. */
async function untilStarted(
  container: Dockerode.Container,
  threads: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { pids_stats: pids } = await container.stats({ stream: false, 'one-shot': true });
    if ((pids?.current ?? 0) > threads) return;
    await sleep(500, signal);
  }
}

function samplerOf(sample: ProcessSample): Process | undefined {
  return sample.processes.find(({ argv }) => argv[0] === 'foredeck-sampler');
}
