import type { VmFigures } from '../contract/vm-figures.ts';
import { guestCommand } from '../corpus/guest-command.ts';
import { sleep } from '../engine/base/time.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { cpuSeconds, residentMegabytes } from './bench-home.ts';
import type { Figure } from './figure.ts';

const idleSeconds = 60;

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

export interface MemoryFiguresOptions {
  readonly client: EngineClient;
  readonly vm: string;
  readonly signal: AbortSignal;
}

/**
 * What an idle VM takes of the host, and what it gives back of a gigabyte which its programs used, and of files which
 * it has read. The VM runs and nothing in it does.
 */
export async function memoryFigures({ client, vm, signal }: MemoryFiguresOptions): Promise<Figure[]> {
  const { pid } = await client.calls.vm.start({ vm });
  if (pid === null) throw new Error(`VM ${vm} does not run`);
  const figures = async (): Promise<VmFigures> => await client.calls.vm.figures({ vm });
  const run = async (argv: readonly string[]): Promise<void> => {
    const { code, output } = await guestCommand(client, { vm, argv, signal });
    if (code !== 0) throw new Error(`${argv[0]} in the VM ended with ${code}: ${output}`);
  };
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

  const cpuBefore = await cpuSeconds(pid);
  await sleep(idleSeconds * 1_000, signal);
  const idlePercent = ((await cpuSeconds(pid)) - cpuBefore) / (idleSeconds / 100);

  const before = await residentMegabytes(pid);
  await run(use1GiB);
  const used = await residentMegabytes(pid);
  const anonymous = await untilAtMost(before * 1.1, returnSeconds);

  const beforeFiles = await residentMegabytes(pid);
  await run(['dd', 'if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${fileMegabytes}`, 'status=none']);
  await run(['sh', '-c', 'exec cat "$1" >/dev/null', 'sh', file]);
  const withFiles = await residentMegabytes(pid);
  const kept = (await figures()).memory.guestCacheBytes / 1e6;
  const cached = await untilAtMost(beforeFiles + fileMegabytes / 4, idleReturnSeconds);
  await run(['rm', file]);

  return [
    {
      name: 'QEMU CPU, idle VM',
      value: idlePercent,
      unit: '%',
      goal: null,
      baseline: null,
      how: `of a core, over ${idleSeconds} s, the engine connected`,
    },
    { name: 'QEMU memory, idle VM', value: before, unit: 'MB', goal: null, baseline: null, how: 'resident' },
    {
      name: 'QEMU memory, 1 GiB freed',
      value: anonymous.resident,
      unit: 'MB',
      goal: before * 1.1,
      baseline: { name: 'while in use', value: used },
      how: `resident, ${anonymous.elapsed.toFixed(0)} s after a program freed it`,
    },
    {
      name: 'QEMU memory, files read',
      value: cached.resident,
      unit: 'MB',
      goal: null,
      baseline: { name: 'while kept', value: withFiles },
      how: `resident, idle for ${cached.elapsed.toFixed(0)} s; the guest kept ${kept.toFixed(0)} MB of files`,
    },
  ];
}
