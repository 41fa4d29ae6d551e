import { guestCommand } from '../corpus/guest-command.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import type { Figure } from './figure.ts';

const imageMegabytes = 500;

/** Of 500 MB at least 450 are to come back. */
const leftMegabytesGoal = 50;

const growByGiB = 8;
const gib = 1024 ** 3;

/** An image of random bytes, half of them in small files; made in the VM, so that nothing travels. */
const makeImage = `set -e
mkdir -p /data/bench-image && cd /data/bench-image
for i in $(seq 250); do head -c 1000000 /dev/urandom >large$i; done
head -c 250000000 /dev/urandom | split -a 4 -b 25000 - small
tar -c . | docker import - bench-disk:1 >/dev/null
cd / && rm -rf /data/bench-image`;

export interface DiskFiguresOptions {
  readonly client: EngineClient;
  readonly vm: string;
  readonly signal: AbortSignal;
}

/** What comes back to the host of an image that is removed, and how long growing takes. The VM runs. */
export async function diskFigures({ client, vm, signal }: DiskFiguresOptions): Promise<Figure[]> {
  const { calls } = client;
  const run = async (argv: readonly string[]): Promise<void> => {
    const { code, output } = await guestCommand(client, { vm, argv, signal });
    if (code !== 0) throw new Error(`${argv[0]} in the VM ended with ${code}: ${output}`);
  };
  const { afterBytes: empty } = await calls.vm.reclaimDisk({ vm });
  await run(['sh', '-c', makeImage]);
  const { afterBytes: full } = await calls.vm.reclaimDisk({ vm });
  await run(['docker', 'image', 'rm', 'bench-disk:1']);
  const begun = performance.now();
  const { afterBytes: left } = await calls.vm.reclaimDisk({ vm });
  const reclaimSeconds = (performance.now() - begun) / 1_000;

  const { diskBytes } = await calls.vm.start({ vm });
  const growing = performance.now();
  await calls.vm.growDisk({ vm, diskGiB: diskBytes / gib + growByGiB });
  const growSeconds = (performance.now() - growing) / 1_000;
  const { disk } = await calls.vm.figures({ vm });
  return [
    {
      name: 'disk file, image removed',
      value: (left - empty) / 1e6,
      unit: 'MB',
      goal: leftMegabytesGoal,
      baseline: { name: 'with the image', value: (full - empty) / 1e6 },
      how: `more than before an image of ${imageMegabytes} MB; reclaimed in ${reclaimSeconds.toFixed(1)} s`,
    },
    {
      name: 'disk grown under the VM',
      value: growSeconds,
      unit: 's',
      goal: null,
      baseline: null,
      how: `by ${growByGiB} GiB; the guest sees ${(disk.guestTotalBytes / gib).toFixed(1)} GiB`,
    },
  ];
}
