import type { PruneItem, PrunePlan, PruneTarget } from '../../../contract/prune.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { buildCache } from './disk-use.ts';

/** What pruning would take away now. Volumes have to have been measured for their bytes. */
export async function prunePlan(
  { docker, objects }: DockerConnection,
  target: PruneTarget,
  signal: AbortSignal,
): Promise<PrunePlan> {
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
  return { target, items: sorted(items), bytes: items.reduce((sum, item) => sum + (item.bytes ?? 0), 0) };
}

function sorted(items: PruneItem[]): PruneItem[] {
  return items.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || a.name.localeCompare(b.name));
}
