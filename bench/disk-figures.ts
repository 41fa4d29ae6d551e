import type { Bench } from './bench.ts';
import { type Figure, secondsOf } from './figure.ts';

const imageMegabytes = 500;

/** Of 500 MB at least 450 are to come back. */
const leftMegabytesGoal = 50;

const growByGiB = 8;
const gib = 1024 ** 3;

/**
 * An image of random bytes, half of them in small files; made in the VM, so that nothing travels, and loaded rather than
 * imported: dockerd compresses what it imports, which takes an emulated guest ten minutes. `$1` is its architecture.
 */
const makeImage = `set -e
mkdir -p /data/bench-image/root && cd /data/bench-image/root
for i in $(seq 250); do head -c 1000000 /dev/urandom >large$i; done
head -c 250000000 /dev/urandom | split -a 4 -b 25000 - small
cd .. && tar -C root -cf layer.tar . && rm -r root
sum=$(sha256sum layer.tar | cut -c1-64)
layers='"rootfs":{"type":"layers","diff_ids":["sha256:'$sum'"]}'
echo '{"architecture":"'$1'","os":"linux","config":{},'$layers'}' >config.json
echo '[{"Config":"config.json","RepoTags":["bench-disk:1"],"Layers":["layer.tar"]}]' >manifest.json
tar -c manifest.json config.json layer.tar | docker load --quiet >/dev/null
cd / && rm -rf /data/bench-image`;

/** What comes back to the host of an image that is removed, and how long growing takes. The disk is larger afterwards. */
export async function diskFigures(bench: Bench): Promise<Figure[]> {
  const { vm } = bench;
  const { calls } = bench.client;
  await bench.running();
  const { afterBytes: empty } = await calls.vm.reclaimDisk({ vm });
  bench.say(`an image of ${imageMegabytes} MB is made and removed`);
  await bench.inGuest(['sh', '-c', makeImage, 'sh', bench.client.info.host.arch]);
  const { afterBytes: full } = await calls.vm.reclaimDisk({ vm });
  await bench.inGuest(['docker', 'image', 'rm', 'bench-disk:1']);
  let left = Number.NaN;
  const [reclaimSeconds = Number.NaN] = await secondsOf(1, async () => {
    left = (await calls.vm.reclaimDisk({ vm })).afterBytes;
  });
  const { diskBytes } = await bench.running();
  const diskGiB = diskBytes / gib + growByGiB;
  const growSeconds = await secondsOf(1, () => calls.vm.growDisk({ vm, diskGiB }));
  const { disk } = await calls.vm.figures({ vm });
  return [
    {
      name: 'disk file, image removed',
      unit: 'MB',
      measured: [(left - empty) / 1e6],
      goal: leftMegabytesGoal,
      baseline: { name: 'with the image', measured: [(full - empty) / 1e6] },
      how: `more than before an image of ${imageMegabytes} MB; reclaimed in ${reclaimSeconds.toFixed(1)} s`,
    },
    {
      name: 'disk grown under the VM',
      unit: 's',
      measured: growSeconds,
      goal: null,
      baseline: null,
      how: `by ${growByGiB} GiB; the guest sees ${(disk.guestTotalBytes / gib).toFixed(1)} GiB`,
    },
  ];
}
