import { z } from 'zod';

/**
 * What can be pruned. `anonymous-volumes` are those nobody named, which `docker volume prune` would take; `untagged-images`
 * those that lost their name to a newer one.
 */
export const pruneTargets = [
  'anonymous-volumes',
  'volumes',
  'networks',
  'build-cache',
  'untagged-images',
  'images',
] as const;
export const PruneTarget = z.enum(pruneTargets);
export type PruneTarget = z.infer<typeof PruneTarget>;

/** One thing which nothing uses, not even a container that is stopped. */
export const PruneItem = z.object({
  /** A volume's name; a network's, a cache entry's or an image's id. */
  id: z.string(),
  /** Hostile text. */
  name: z.string(),
  /** Null for what takes no space on the disk; of an image what it shares with no other. */
  bytes: z.number().int().nonnegative().nullable(),
});
export type PruneItem = z.infer<typeof PruneItem>;

/** What pruning would take away now, largest first. `bytes` come free at least: images that go may share some more. */
export const PrunePlan = z.object({
  target: PruneTarget,
  items: z.array(PruneItem),
  bytes: z.number().int().nonnegative(),
});
export type PrunePlan = z.infer<typeof PrunePlan>;

/** What pruning took away. `kept` are those which something began to use meanwhile. */
export const Pruned = z.object({
  removed: z.number().int().nonnegative(),
  kept: z.array(z.string()),
  bytes: z.number().int().nonnegative(),
});
export type Pruned = z.infer<typeof Pruned>;
