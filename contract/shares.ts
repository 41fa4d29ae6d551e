import { z } from 'zod';
import { WireError } from './errors.ts';
import type { State } from './state.ts';

/** An absolute path of the host; normalised by the engine. */
export const SharePath = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => path.startsWith('/'), 'a shared folder is named by its absolute path')
  .refine((path) => !path.includes('\0'), 'a path has no zero byte');

/**
 * `waiting`: the VM does not run; it is mounted when it starts. `pending`: being mounted. `missing`: the folder is not
 * there on the host; it is mounted when it is back. `failed`: see `problem`; adding it again tries again.
 */
export const shareStates = ['waiting', 'pending', 'mounted', 'missing', 'failed'] as const;
export const ShareState = z.enum(shareStates);
export type ShareState = z.infer<typeof ShareState>;

/** A folder of the host which the service VM sees at the same path. */
export const Share = z.object({
  /** As the person named it, absolute, without `.` and `..`. Two shares never have the same. */
  path: SharePath,
  /** Where that lies once symbolic links are followed: mounted there as well. Equal to `path` where there are none. */
  realPath: z.string(),
  readOnly: z.boolean(),
  state: ShareState,
  /** Why it is `failed` or `missing`; null otherwise. */
  problem: WireError.nullable(),
  addedAt: z.number().nonnegative(),
});
export type Share = z.infer<typeof Share>;

export const NewShare = z.object({ path: SharePath, readOnly: z.boolean().default(false) });
export type NewShare = z.infer<typeof NewShare>;

/** A folder or file of the VM that is mounted in a container; hostile text. */
export const BindMount = z.object({
  source: z.string(),
  /** In the container. */
  target: z.string(),
  readOnly: z.boolean(),
});
export type BindMount = z.infer<typeof BindMount>;

/** Whether `path` is `folder` or lies in it; both absolute and normalised. */
export function liesIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** The share which `path` of the VM lies in, the innermost one where they are nested; undefined: none. */
export function shareOf(path: string, shares: Iterable<Share>): Share | undefined {
  let innermost: Share | undefined;
  let longest = 0;
  for (const share of shares) {
    for (const at of [share.path, share.realPath]) {
      if (at.length <= longest || !liesIn(path, at)) continue;
      innermost = share;
      longest = at.length;
    }
  }
  return innermost;
}

/** Paths of shares which a running container has a mount of, in or around: where changes may matter to somebody. */
export function sharesInUse(state: Pick<State, 'shares' | 'containers'>): string[] {
  const sources = Object.values(state.containers)
    .filter((container) => container.state === 'running')
    .flatMap((container) => container.binds.map((bind) => bind.source));
  const touches = (at: string, source: string): boolean => liesIn(source, at) || liesIn(at, source);
  return Object.values(state.shares)
    .filter(({ path, realPath }) => sources.some((each) => touches(path, each) || touches(realPath, each)))
    .map(({ path }) => path);
}
