import { CheckedLog } from '../engine/testing/checked-log.ts';
import type { Bench } from './bench.ts';
import { dockerCliOf } from './docker-cli.ts';
import { type Figure, secondsOf } from './figure.ts';

/** A thousand lines take 70 kB; a soak that runs all night still fits. */
const maxLogBytes = 64 * 1024 ** 2;

/** A writer which has not written a line this long after a resume is gone. */
const writesAgainMs = 120_000;

/** One line a cycle would hide how long each takes. */
const progressEvery = 10;

/**
 * Suspends and resumes over and over while a native and an emulated container write numbered lines with checksums. Ends
 * with the first line that is lost, torn or repeated, or with the first container that was started anew.
 */
export async function soakFigures(bench: Bench): Promise<Figure[]> {
  await bench.withImages();
  const logs = await startLogs(bench);
  const pidsOf = () => Promise.all(logs.map((log) => log.pid()));
  const pids = await pidsOf();
  const suspends: number[] = [];
  const resumes: number[] = [];
  let counts = await writing(bench, logs, [0, 0]);
  let wrong: string | null = null;
  for (let cycle = 1; cycle <= bench.cycles && wrong === null; cycle += 1) {
    try {
      counts = await Promise.all(logs.map((log) => log.check()));
      suspends.push(...(await secondsOf(1, () => suspend(bench))));
      resumes.push(...(await secondsOf(1, () => bench.running())));
      counts = await writing(bench, logs, counts);
      const now = await pidsOf();
      if (now.join() !== pids.join()) throw new Error(`processes were ${pids.join()} and are ${now.join()}`);
    } catch (thrown) {
      bench.scope.signal.throwIfAborted();
      wrong = `cycle ${cycle}: ${thrown instanceof Error ? thrown.message : thrown}`;
    }
    if (cycle % progressEvery === 0 || wrong !== null) {
      bench.say(`${cycle} of ${bench.cycles} cycles, ${linesOf(logs, counts)}${wrong ? `; ${wrong}` : ''}`);
    }
  }
  const goal = null;
  const baseline = null;
  const writers = `${linesOf(logs, counts)}, each with its number and checksum`;
  return [
    {
      name: 'cycles with a wrong line or process',
      unit: 'cycles',
      measured: [wrong === null ? 0 : 1],
      goal: 0,
      baseline,
      how: wrong ?? `${resumes.length} cycles; every line read again after each`,
    },
    {
      name: 'lines written and read back',
      unit: 'lines',
      measured: [counts.reduce((sum, count) => sum + count, 0)],
      goal,
      baseline,
      how: writers,
    },
    { name: 'suspend, containers busy', unit: 's', measured: suspends, goal, baseline, how: 'whole call' },
    { name: 'resume, containers busy', unit: 's', measured: resumes, goal, baseline, how: 'whole call' },
  ];
}

/** A native and an emulated writer; both are gone when the part is over. */
async function startLogs(bench: Bench): Promise<CheckedLog[]> {
  const cli = await dockerCliOf(bench);
  const vm = {
    dockerOk: cli.ok,
    readGuestFile: (path: string) =>
      bench.inGuest(['sh', '-c', '[ ! -e "$1" ] || exec cat "$1"', 'sh', path], maxLogBytes),
  };
  const logs: CheckedLog[] = [];
  for (const arch of [bench.native, bench.foreign]) {
    const name = `soak-${arch}`;
    bench.scope.defer(async () => {
      await bench.docker.getContainer(name).remove({ force: true });
      await bench.docker.getVolume(name).remove();
    });
    logs.push(await CheckedLog.start(vm, { image: `busybox:${arch}`, name }));
  }
  return logs;
}

/** The counts once every log is longer than its count in `than`. */
async function writing(
  bench: Bench,
  logs: readonly CheckedLog[],
  than: readonly number[],
): Promise<number[]> {
  const signal = AbortSignal.any([bench.scope.signal, AbortSignal.timeout(writesAgainMs)]);
  return await Promise.all(logs.map((log, index) => log.beyond(than[index] ?? 0, signal)));
}

async function suspend({ client, vm }: Bench): Promise<void> {
  const { state, savedState } = await client.calls.vm.stop({ vm, by: 'suspend' });
  if (state !== 'suspended' || savedState?.problem !== null) {
    throw new Error(`the VM is ${state} after a suspend: ${savedState?.problem ?? 'no saved state'}`);
  }
}

function linesOf(logs: readonly CheckedLog[], counts: readonly number[]): string {
  return logs.map(({ name }, index) => `${counts[index] ?? 0} lines by ${name}`).join(' and ');
}
