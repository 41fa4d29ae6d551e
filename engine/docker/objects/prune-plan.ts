import type { PruneItem, PrunePlan, PruneTarget } from '../../../contract/prune.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { buildCache, imageUses } from './disk-use.ts';

/** What pruning would take away now. Volumes have to have been measured for their bytes. */
export async function prunePlan(
  connection: DockerConnection,
  target: PruneTarget,
  signal: AbortSignal,
): Promise<PrunePlan> {
  const { docker, objects } = connection;
  if (target === 'images' || target === 'untagged-images') {
    return planOf(target, await unusedImages(connection, target, signal));
  }
  if (target === 'build-cache') {
    const { entries, reclaimableBytes } = await buildCache(docker, signal);
    const items = entries
      .filter((entry) => !entry.inUse)
      .map(({ id, type, description, bytes, shared }) => ({
        id,
        name: description || type,
        bytes: shared ? 0 : bytes,
      }));
    return { target, items: sorted(items), bytes: reclaimableBytes };
  }
  await objects.refresh(signal);
  const items =
    target === 'networks'
      ? objects
          .networks()
          .filter((network) => network.users.length === 0 && !network.builtIn)
          .map(({ id, name }) => ({ id, name, bytes: null }))
      : objects
          .volumes()
          .filter((volume) => volume.users.length === 0)
          .filter((volume) => target === 'volumes' || volume.anonymous)
          .map(({ name, size }) => ({ id: name, name, bytes: size?.bytes ?? null }));
  return planOf(target, items);
}

async function unusedImages(
  { docker, images }: DockerConnection,
  target: 'images' | 'untagged-images',
  signal: AbortSignal,
): Promise<PruneItem[]> {
  const [rows, uses] = await Promise.all([images.refresh(signal), imageUses(docker, signal)]);
  return rows.flatMap(({ id, tags }) => {
    const use = uses.get(id);
    if (!use || use.containers > 0 || (target === 'untagged-images' && tags.length > 0)) return [];
    return [{ id, name: tags.join(', ') || shortDigest(id), bytes: use.ownBytes }];
  });
}

/** `sha256:` and twelve digits, as Docker shortens it. */
function shortDigest(id: string): string {
  return id.slice(0, 'sha256:'.length + 12);
}

function planOf(target: PruneTarget, items: PruneItem[]): PrunePlan {
  return { target, items: sorted(items), bytes: items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}

function sorted(items: PruneItem[]): PruneItem[] {
  return items.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || a.name.localeCompare(b.name));
}
