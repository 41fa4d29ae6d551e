import { z } from 'zod';

/** What can be pruned. `anonymous-volumes` are those nobody named, which `docker volume prune` would take. */
export const pruneTargets = ['anonymous-volumes', 'volumes', 'networks', 'build-cache'] as const;
export const PruneTarget = z.enum(pruneTargets);
export type PruneTarget = z.infer<typeof PruneTarget>;

/** One thing which nothing uses, not even a container that is stopped. */
export const PruneItem = z.object({
  /** A volume's name, a network's or a cache entry's id. */
  id: z.string(),
  /** Hostile text. */
  name: z.string(),
  /** Null for what takes no space on the disk. */
  bytes: z.number().int().nonnegative().nullable(),
});
export type PruneItem = z.infer<typeof PruneItem>;

/** What pruning would take away now, largest first. */
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
