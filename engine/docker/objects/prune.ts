import { z } from 'zod';
import type { Pruned, PrunePlan, PruneTarget } from '../../../contract/prune.ts';
import type { JobReporter } from '../../state/jobs.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { dockerRequest } from '../docker-request.ts';
import { prunePlan } from './prune-plan.ts';

export const pruneWords: Record<PruneTarget, string> = {
  'anonymous-volumes': 'unused volumes without a name',
  volumes: 'unused volumes',
  networks: 'unused networks',
  'build-cache': 'build cache',
  'untagged-images': 'unused images without a name',
  images: 'unused images',
};

/** Answer of `POST /build/prune` (Docker Engine API 1.45). */
const CachePruned = z.object({
  CachesDeleted: z.array(z.string()).nullish(),
  SpaceReclaimed: z.number().nonnegative().default(0),
});

/**
 * Removes what nothing uses: but for the build cache, those in `ids` only. One by one and never by force, since Docker's
 * own prune would take what came after the plan, and networks of stopped containers, which could not start again.
 */
export async function prune(
  connection: DockerConnection,
  options: { target: PruneTarget; ids: readonly string[] },
  reporter: JobReporter,
): Promise<Pruned> {
  const { target } = options;
  reporter.phase(`removing ${pruneWords[target]}`);
  if (target === 'build-cache') return await pruneCache(connection, reporter.signal);
  const plan = await prunePlan(connection, target, reporter.signal);
  try {
    return await removeEach(connection, plan, options.ids, reporter);
  } finally {
    await listAnew(connection, target).catch(() => undefined);
  }
}

async function listAnew({ images, objects, signal }: DockerConnection, target: PruneTarget): Promise<void> {
  if (target === 'images' || target === 'untagged-images') await images.refresh(signal);
  else await objects.refresh();
}

async function pruneCache({ docker }: DockerConnection, signal: AbortSignal): Promise<Pruned> {
  try {
    const query = { all: 'true' };
    const answer = await dockerRequest(docker, { method: 'POST', path: '/build/prune', query, signal });
    const { CachesDeleted: deleted, SpaceReclaimed: bytes } = CachePruned.parse(answer);
    return { removed: deleted?.length ?? 0, kept: [], bytes };
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainDockerError(thrown, 'The build cache could not be pruned');
  }
}

async function removeEach(
  connection: DockerConnection,
  { target, items, bytes: totalBytes }: PrunePlan,
  ids: readonly string[],
  { signal, progress }: JobReporter,
): Promise<Pruned> {
  const wanted = new Set(ids);
  const going = items.filter((item) => wanted.has(item.id));
  const kept = ids.filter((id) => !going.some((item) => item.id === id));
  let removed = 0;
  let bytes = 0;
  for (const { id, name, bytes: size } of going) {
    try {
      await removeOne(connection, { target, id, signal });
      removed += 1;
      bytes += size ?? 0;
      if (totalBytes > 0) progress(bytes, totalBytes);
    } catch (thrown) {
      signal.throwIfAborted();
      const status = dockerStatusOf(thrown);
      // Somebody was faster: it is gone, or in use (networks say so with 403).
      if (status === 403 || status === 409) kept.push(name);
      else if (status !== 404) throw explainDockerError(thrown, `"${name}" could not be removed`);
    }
  }
  return { removed, kept, bytes };
}

async function removeOne(
  { docker, images }: DockerConnection,
  { target, id, signal }: { target: PruneTarget; id: string; signal: AbortSignal },
): Promise<void> {
  const abortSignal = signal;
  const named = encodeURIComponent(id);
  if (target === 'networks') await docker.getNetwork(named).remove({ abortSignal });
  else if (target === 'volumes' || target === 'anonymous-volumes') {
    await docker.getVolume(named).remove({ abortSignal });
  } else {
    // Without force an image goes with its last name only.
    const names = images.row(id)?.tags ?? [];
    for (const name of names.length > 0 ? names : [id]) await docker.getImage(name).remove({ abortSignal });
  }
}
