import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

const runs = 3;
const folders = 100;
const filesEach = 100;
const largeBytes = 128 * 1024 ** 2;
const pieceBytes = 1024 ** 2;

/** At most twice as long as on the guest's own disk. */
const ratioGoal = 0.5;

const guestFolder = '/data/foredeck-bench-mounts';

/** Of `find`, since comparing sizes has it call stat for every file. */
const statAll = ['find', 'small', '-size', '+1G'];
const readLarge = ['dd', 'if=large', 'of=/dev/null', 'bs=1M', 'status=none'];

/**
 * A shared folder beside the guest's own disk, with the same 10,000 small files and one large one: stat of every file, and
 * reading the large one from end to end. Each run begins with the guest's caches dropped, and the host's where that is
 * permitted, as the disk's file and the shared one are in them alike.
 */
export async function mountFigures(bench: Bench): Promise<Figure[]> {
  const { client, scope } = bench;
  await bench.running();
  const folder = await mkdtemp(join(tmpdir(), 'fd-mounts-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  bench.say(`${folders * filesEach} files are made, shared, and copied to the guest's disk`);
  await fill(folder);
  const share = await client.calls.shares.add({ path: folder });
  if (share.state !== 'mounted') throw new Error(`${folder} is ${share.state}: ${share.problem?.message}`);
  scope.defer(() => client.calls.shares.remove({ path: folder }));
  await bench.inGuest(['cp', '-r', folder, guestFolder]);

  const figure = async (name: string, program: readonly string[]): Promise<Figure> => {
    const seconds = { shared: [] as number[], own: [] as number[] };
    let hostDropped = false;
    for (let run = 0; run < runs; run += 1) {
      for (const [place, path] of [['shared', folder] as const, ['own', guestFolder] as const]) {
        hostDropped = await dropHostCaches();
        seconds[place].push(await timedInGuest(bench, path, program));
      }
    }
    return {
      name,
      unit: 's',
      measured: seconds.shared,
      goal: null,
      ratioGoal,
      baseline: { name: "the guest's own disk", measured: seconds.own },
      how: hostDropped
        ? "guest's and host's caches dropped"
        : "guest's caches dropped, the host's not: that wants root",
    };
  };
  const figures = [
    await figure(`stat of ${folders * filesEach} shared files`, statAll),
    await figure(`${largeBytes / 1024 ** 2} MiB read from a share`, readLarge),
  ];
  // The disk of a bench that fails goes with its home.
  await bench.inGuest(['rm', '-rf', guestFolder]);
  return figures;
}

async function fill(folder: string): Promise<void> {
  const content = randomBytes(100);
  for (let index = 0; index < folders; index += 1) {
    const within = join(folder, 'small', String(index));
    await mkdir(within, { recursive: true });
    await Promise.all(
      Array.from({ length: filesEach }, (_, file) => writeFile(join(within, String(file)), content)),
    );
  }
  const large = await open(join(folder, 'large'), 'w');
  try {
    for (let written = 0; written < largeBytes; written += pieceBytes)
      await large.write(randomBytes(pieceBytes));
    await large.sync();
  } finally {
    await large.close();
  }
}

/** Whether this computer's could be; they hold what either side reads. */
async function dropHostCaches(): Promise<boolean> {
  return await writeFile('/proc/sys/vm/drop_caches', '3').then(
    () => true,
    () => false,
  );
}

/** Seconds by the guest's uptime, which has hundredths and is read without starting a program. */
async function timedInGuest(bench: Bench, path: string, program: readonly string[]): Promise<number> {
  const script =
    'cd "$1" && shift && sync && echo 3 >/proc/sys/vm/drop_caches && read s r </proc/uptime && ' +
    '"$@" >/dev/null && read e r </proc/uptime && echo "$s $e"';
  const said = await bench.inGuest(['bash', '-c', script, 'bash', path, ...program]);
  const [started = Number.NaN, ended = Number.NaN] = said.trim().split(/\s+/).slice(-2).map(Number);
  return ended - started;
}
