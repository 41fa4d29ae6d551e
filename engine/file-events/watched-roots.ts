import { join, relative } from 'node:path';
import { liesIn } from '../../contract/shares.ts';
import type { State } from '../../contract/state.ts';

/** A folder or file of the host which running containers have a mount of. */
export interface WatchedRoot {
  readonly hostPath: string;
  /** The share that it lies in, without symbolic links: the same path on the host and below the guest's hub. */
  readonly share: string;
}

/**
 * What has to be watched now: what running containers have mounted of the mounted shares, or around them, of which no
 * one lies in another one.
 */
export function watchedRoots({ shares, containers }: Pick<State, 'shares' | 'containers'>): WatchedRoot[] {
  const mounted = Object.values(shares).filter(({ state }) => state === 'mounted');
  if (mounted.length === 0) return [];
  const sources = new Set(
    Object.values(containers)
      .filter((container) => container.state === 'running')
      .flatMap((container) => container.binds.map((bind) => bind.source)),
  );
  const roots: WatchedRoot[] = [];
  for (const { path, realPath: share } of mounted) {
    for (const source of sources) {
      for (const at of new Set([path, share])) {
        if (liesIn(source, at)) roots.push({ share, hostPath: join(share, relative(at, source)) });
        // The mount of a folder has the shares in it.
        else if (liesIn(at, source)) roots.push({ share, hostPath: share });
      }
    }
  }
  // Shorter ones first, so that one which others lie in is met before them; inner shares before outer ones.
  roots.sort((a, b) => a.hostPath.length - b.hostPath.length || b.share.length - a.share.length);
  const outermost: WatchedRoot[] = [];
  for (const root of roots) {
    if (!outermost.some(({ hostPath }) => liesIn(root.hostPath, hostPath))) outermost.push(root);
  }
  return outermost;
}
