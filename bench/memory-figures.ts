import { sleep } from '../engine/base/time.ts';
import type { Bench } from './bench.ts';
import { residentMegabytes } from './bench-home.ts';
import type { Baseline, Figure } from './figure.ts';

/** The goal's own time; what is not back by then does not count. */
const returnSeconds = 60;
const lookMs = 1_000;

/** The engine looks once a minute whether its guest idles, and wants two idle minutes in a row. */
const idleReturnSeconds = 240;

/** Perl makes a string of 1 GiB, every page of it written, and ends. */
const use1GiB = ['perl', '-e', "my $x = ''; vec($x, (1 << 30) - 1, 8) = 1;"];

/** Random, so that neither file system nor disk can leave it out; larger than what an idle guest may keep. */
const fileMegabytes = 600;
const file = '/data/bench-cache';

/**
 * Takes the balloon from its driver, or gives it back: without it the guest does not report free pages. QEMU's own
 * switch (`free-page-reporting`) is a property that a running device does not change.
 */
const switchBalloon = `set -e
cd /sys/bus/virtio/drivers/virtio_balloon
case $1 in
  off) for device in virtio*; do echo "$device" >/run/bench-balloon; echo "$device" >unbind; done ;;
  on) cat /run/bench-balloon >bind ;;
esac`;

/**
 * What a VM gives back of a gigabyte which its programs used, and of files which it has read. The VM runs and nothing
 * in it does.
 */
export async function memoryFigures(bench: Bench): Promise<Figure[]> {
  const { pid } = await bench.running();
  const { signal } = bench.scope;
  /** Seconds until QEMU holds no more than `megabytes`, and what it holds then, or after `seconds` anyway. */
  const untilAtMost = async (megabytes: number, seconds: number) => {
    const begun = performance.now();
    for (;;) {
      const resident = await residentMegabytes(pid);
      const elapsed = (performance.now() - begun) / 1_000;
      if (resident <= megabytes || elapsed >= seconds) return { resident, elapsed };
      await sleep(lookMs, signal);
    }
  };

  bench.say('a program takes 1 GiB and ends');
  const before = await residentMegabytes(pid);
  await bench.inGuest(use1GiB);
  const used = await residentMegabytes(pid);
  const anonymous = await untilAtMost(before * 1.1, returnSeconds);

  bench.say(`files of ${fileMegabytes} MB are written and read`);
  const beforeFiles = await residentMegabytes(pid);
  await bench.inGuest(['dd', 'if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${fileMegabytes}`]);
  await bench.inGuest(['sh', '-c', 'exec cat "$1" >/dev/null', 'sh', file]);
  const withFiles = await residentMegabytes(pid);
  const { memory } = await bench.client.calls.vm.figures({ vm: bench.vm });
  const cached = await untilAtMost(beforeFiles + fileMegabytes / 4, idleReturnSeconds);
  await bench.inGuest(['rm', file]);

  return [
    {
      name: 'QEMU memory, 1 GiB freed',
      unit: 'MB',
      measured: [anonymous.resident],
      goal: before * 1.1,
      baseline: await withoutReporting(bench, async () => {
        await bench.inGuest(use1GiB);
        return (await untilAtMost(before * 1.1, returnSeconds)).resident;
      }),
      how: `resident, ${anonymous.elapsed.toFixed(0)} s after a program freed it; ${used.toFixed(0)} MB in use`,
    },
    {
      name: 'QEMU memory, files read',
      unit: 'MB',
      measured: [cached.resident],
      goal: null,
      baseline: { name: 'while kept', measured: [withFiles] },
      how: `resident, idle for ${cached.elapsed.toFixed(0)} s; the guest kept ${(memory.guestCacheBytes / 1e6).toFixed(0)} MB of files`,
    },
  ];
}

/** The same VM while its guest does not report free pages. What failed is told in the baseline's name. */
async function withoutReporting(bench: Bench, measure: () => Promise<number>): Promise<Baseline> {
  const name = 'no free-page reporting';
  bench.say('the same without free-page reporting');
  try {
    await bench.inGuest(['sh', '-c', switchBalloon, 'sh', 'off']);
    try {
      return { name, measured: [await measure()] };
    } finally {
      // Back in its place, the driver reports everything that is free by then.
      await bench.inGuest(['sh', '-c', switchBalloon, 'sh', 'on']);
    }
  } catch (thrown) {
    bench.scope.signal.throwIfAborted();
    return { name: `${name}: ${thrown instanceof Error ? thrown.message : thrown}`, measured: [] };
  }
}
