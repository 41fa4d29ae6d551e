import type { Arch } from '../../../contract/arch.ts';
import type { ImagePlatform } from '../../../contract/docker-images.ts';

/** Best first: what runs, then what could be made to run. */
const order: Readonly<Record<ImagePlatform['execution'], number>> = {
  native: 0,
  emulated: 1,
  off: 2,
  unsupported: 3,
};

/**
 * The platform to start: of the asked architecture, otherwise the one that runs best. Of several of one architecture
 * (amd64 and amd64/v3) the plainest, as Docker chooses; content that is in the VM before content that is not.
 */
export function choosePlatform(platforms: readonly ImagePlatform[], arch: Arch | null): ImagePlatform | null {
  const candidates = platforms.filter((one) => arch === null || one.arch === arch);
  const [best] = candidates.toSorted(
    (a, b) =>
      order[a.execution] - order[b.execution] ||
      Number(b.present) - Number(a.present) ||
      a.platform.length - b.platform.length,
  );
  return best ?? null;
}
