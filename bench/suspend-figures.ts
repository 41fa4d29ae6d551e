import { stat } from 'node:fs/promises';
import type Dockerode from 'dockerode';
import { sleep } from '../engine/base/time.ts';
import { pathsUnder } from '../engine/paths.ts';
import type { Bench } from './bench.ts';
import { type Figure, secondsOf } from './figure.ts';

const cycles = 5;
const coldRuns = 3;

/** Between two tries whether Docker answers; short against the second it takes. */
const lookMs = 10;

/**
 * Suspending and resuming a VM whose containers idle: what a person waits for, from the click to Docker's answer on the
 * host, and to the click's own end, when the containers are listed, too. The baseline is the cold start of the same VM in
 * the same run, from the same click.
 */
export async function suspendFigures(bench: Bench): Promise<Figure[]> {
  const { client, docker, home, vm } = bench;
  /** Seconds until Docker answers through its socket, and until the start has ended. */
  const start = async (): Promise<StartSeconds> => {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1_000;
    const starting = bench.running().then(seconds);
    const answering = firstAnswer(docker, AbortSignal.any([bench.scope.signal, failureOf(starting)]));
    const [ended, answered] = await Promise.all([starting, answering.then(seconds)]);
    return { answered, ended };
  };
  await bench.running();
  const colds: StartSeconds[] = [];
  const shutDowns: number[] = [];
  for (let run = 0; run < coldRuns; run += 1) {
    shutDowns.push(...(await secondsOf(1, () => bench.shutDown())));
    colds.push(await start());
  }
  const { memory } = await client.calls.vm.figures({ vm });
  const suspends: number[] = [];
  const resumes: StartSeconds[] = [];
  const files: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    suspends.push(...(await secondsOf(1, () => client.calls.vm.stop({ vm, by: 'suspend' }))));
    const { blocks } = await stat(pathsUnder(home).vm(vm).savedMemory);
    files.push((blocks * 512) / 1e6);
    resumes.push(await start());
  }
  return [
    {
      name: 'resume to Docker on the host',
      unit: 's',
      measured: resumes.map(({ answered }) => answered),
      goal: 1.5,
      baseline: { name: 'cold start, same VM', measured: colds.map(({ answered }) => answered) },
      how: 'from the call to the first answer through the socket',
    },
    {
      name: 'resume to its end',
      unit: 's',
      measured: resumes.map(({ ended }) => ended),
      goal: null,
      baseline: { name: 'cold start, same VM', measured: colds.map(({ ended }) => ended) },
      how: 'from the call to its return: containers listed, clock right',
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

interface StartSeconds {
  readonly answered: number;
  readonly ended: number;
}

/** Asks for as long as nothing answers. */
async function firstAnswer(docker: Dockerode, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await docker.ping();
      return;
    } catch {
      await sleep(lookMs, signal);
    }
  }
}

/** Aborts when `promise` is rejected. */
function failureOf(promise: Promise<unknown>): AbortSignal {
  const failed = new AbortController();
  promise.catch((thrown) => failed.abort(thrown));
  return failed.signal;
}
