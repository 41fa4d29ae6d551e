import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { removeMatching } from './bench-home.ts';
import { type Figure, secondsOf } from './figure.ts';

const runs = 3;

/** How long making the guest image takes out of packages which are there, and how large its root is. */
export async function composeFigures(bench: Bench): Promise<Figure[]> {
  const { client, home, native, stock } = bench;
  // The images of a running VM are in use.
  await bench.shutDown();
  bench.say('composing once, to fill the cache');
  const image = await client.calls.image.build({ arch: native });
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await removeMatching(join(home, 'images'), /./);
    seconds.push(...(await secondsOf(1, () => client.calls.image.build({ arch: native }))));
  }
  return [
    {
      name: 'guest image composed',
      unit: 's',
      measured: seconds,
      goal: 45,
      baseline: { name: 'mmdebstrap, not cached', measured: await stock.buildSeconds() },
      how: `${image.packages} cached packages`,
    },
    {
      name: 'root image',
      unit: 'MB',
      measured: [image.rootBytes / 1e6],
      goal: 250,
      baseline: null,
      how: 'squashfs, lz4',
    },
  ];
}
