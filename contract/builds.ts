import { z } from 'zod';

/** Milliseconds since the Unix epoch, by the VM's clock. */
const EpochMs = z.number().nonnegative();

/** One piece of BuildKit's cache. Source: Docker Engine API 1.45, `BuildCache`. */
export const CacheEntry = z.object({
  id: z.string(),
  /** `regular`, `source.local`, `exec.cachemount`, … */
  type: z.string(),
  /** What made it, a line of a Dockerfile in most cases; hostile text. */
  description: z.string(),
  bytes: z.number().int().nonnegative(),
  inUse: z.boolean(),
  /** Shared with an image: pruning it frees nothing. */
  shared: z.boolean(),
  createdAt: EpochMs.nullable(),
  usedAt: EpochMs.nullable(),
  uses: z.number().int().nonnegative(),
});
export type CacheEntry = z.infer<typeof CacheEntry>;

/** What BuildKit keeps so that the next build is faster, largest first. */
export const BuildCache = z.object({
  entries: z.array(CacheEntry),
  totalBytes: z.number().int().nonnegative(),
  /** What pruning all of it would free. */
  reclaimableBytes: z.number().int().nonnegative(),
});
export type BuildCache = z.infer<typeof BuildCache>;

export const BuildStatus = z.enum(['running', 'completed', 'failed', 'cancelled']);
export type BuildStatus = z.infer<typeof BuildStatus>;

/** A build as BuildKit's history has it. Everything written is hostile text. */
export const Build = z.object({
  ref: z.string(),
  /** Names the result got; empty for one that was not exported as an image, and where BuildKit was not told (`image`). */
  tags: z.array(z.string()),
  /** Digest of what it made, which is `DockerImage.id` while that image exists. */
  image: z.string().nullable(),
  /** The stage that was asked for, the Dockerfile, and where its files came from; null where BuildKit was not told. */
  target: z.string().nullable(),
  dockerfile: z.string().nullable(),
  context: z.string().nullable(),
  /** As asked for, `linux/arm64`; empty: the VM's own. */
  platforms: z.array(z.string()),
  status: BuildStatus,
  startedAt: EpochMs,
  finishedAt: EpochMs.nullable(),
  /** BuildKit's own words. */
  error: z.string().nullable(),
  steps: z.object({
    total: z.number().int().nonnegative(),
    done: z.number().int().nonnegative(),
    /** Of those done: taken out of the cache. */
    cached: z.number().int().nonnegative(),
  }),
});
export type Build = z.infer<typeof Build>;

export const BuildStep = z.object({
  id: z.string(),
  /** `[linux/arm64 2/4] RUN make`; hostile text. */
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'cached', 'failed']),
  startedAt: EpochMs.nullable(),
  finishedAt: EpochMs.nullable(),
  error: z.string().nullable(),
});
export type BuildStep = z.infer<typeof BuildStep>;

/** What a build did. `steps` are all there are; `lines` only those since the report before. */
export const BuildReport = z.object({
  steps: z.array(BuildStep),
  /** `step` is the id of the one that wrote it. Hostile text, ANSI colours included. */
  lines: z.array(z.object({ step: z.string(), text: z.string() })),
  /** Nothing more follows. */
  ended: z.boolean(),
});
export type BuildReport = z.infer<typeof BuildReport>;
