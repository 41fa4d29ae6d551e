import type Dockerode from 'dockerode';
import { z } from 'zod';
import type { BuildCache, CacheEntry } from '../../../contract/builds.ts';
import { explainDockerError } from '../docker-error.ts';
import { dockerRequest } from '../docker-request.ts';

const Time = z
  .string()
  .nullish()
  .transform((text) => {
    const at = Date.parse(text ?? '');
    // Go's zero time is the year 1.
    return at > 0 ? at : null;
  });

/** Answers of `GET /system/df?type=…`. Source: Docker Engine API 1.45, `SystemDataUsage`. */
const VolumeUse = z.object({
  Volumes: z
    .array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() }))
    .nullish(),
});
const ImageUse = z.object({
  Images: z
    .array(
      z.object({
        Id: z.string(),
        Size: z.number().default(0),
        /** -1 where it was not worked out. */
        SharedSize: z.number().default(-1),
        Containers: z.number().default(-1),
      }),
    )
    .nullish(),
});
const CacheUse = z.object({
  BuildCache: z
    .array(
      z.object({
        ID: z.string(),
        Type: z.string().default(''),
        Description: z.string().default(''),
        InUse: z.boolean().default(false),
        Shared: z.boolean().default(false),
        Size: z.number().default(0),
        CreatedAt: Time,
        LastUsedAt: Time,
        UsageCount: z.number().default(0),
      }),
    )
    .nullish(),
});

/** Bytes by volume. Docker walks every file for it; one it cannot add up, such as a plugin's, is left out. */
export async function volumeSizes(docker: Dockerode, signal: AbortSignal): Promise<Map<string, number>> {
  const { Volumes: volumes } = VolumeUse.parse(await askDiskUse(docker, 'volume', signal));
  const sizes = (volumes ?? []).map(({ Name, UsageData }): [string, number] => [Name, UsageData?.Size ?? -1]);
  return new Map(sizes.filter(([, bytes]) => bytes >= 0));
}

/** By image: the bytes that it shares with no other, and how many containers use it, running or not. */
export async function imageUses(
  docker: Dockerode,
  signal: AbortSignal,
): Promise<Map<string, { ownBytes: number; containers: number }>> {
  const { Images: images } = ImageUse.parse(await askDiskUse(docker, 'image', signal));
  return new Map(
    (images ?? []).map(({ Id, Size, SharedSize, Containers }) => [
      Id,
      { ownBytes: Math.max(0, Size - Math.max(0, SharedSize)), containers: Math.max(0, Containers) },
    ]),
  );
}

/** BuildKit's cache, largest first. */
export async function buildCache(docker: Dockerode, signal: AbortSignal): Promise<BuildCache> {
  const { BuildCache: found } = CacheUse.parse(await askDiskUse(docker, 'build-cache', signal));
  const entries = (found ?? []).map(
    (entry): CacheEntry => ({
      id: entry.ID,
      type: entry.Type,
      description: entry.Description,
      bytes: Math.max(0, entry.Size),
      inUse: entry.InUse,
      shared: entry.Shared,
      createdAt: entry.CreatedAt,
      usedAt: entry.LastUsedAt,
      uses: entry.UsageCount,
    }),
  );
  entries.sort((a, b) => b.bytes - a.bytes || a.id.localeCompare(b.id));
  // What is shared with an image belongs to that: `docker system df` does not count it either.
  const own = entries.filter((entry) => !entry.shared);
  return {
    entries,
    totalBytes: sum(own),
    reclaimableBytes: sum(own.filter((entry) => !entry.inUse)),
  };
}

function sum(entries: readonly CacheEntry[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0);
}

async function askDiskUse(
  docker: Dockerode,
  type: 'volume' | 'image' | 'build-cache',
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await dockerRequest(docker, { method: 'GET', path: '/system/df', query: { type }, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainDockerError(thrown, 'Docker could not say what takes how much space');
  }
}
