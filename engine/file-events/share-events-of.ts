import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrent } from '../base/map-concurrent.ts';
import type { ShareEvents } from './event-raiser.ts';
import type { FolderWatch } from './folder-watch.ts';
import type { FolderChanges } from './pending-changes.ts';
import type { WatchedMounts } from './watched-mounts.ts';

/** Looks at once: the kernel answers from memory, so that more would only queue. */
const looks = 16;

/** One share's events while they are being collected; everything once. */
interface Collected {
  readonly files: Set<string>;
  readonly folders: Set<string>;
}

/**
 * What to tell of changes, by share. Looks what each name is now, and has folders that came watched and those that went
 * no longer. A folder's own attributes are nothing to tell: the telling changes them (IN_ATTRIB on the host).
 */
export async function shareEventsOf(
  changes: readonly FolderChanges[],
  mounts: WatchedMounts,
): Promise<ShareEvents[]> {
  const shares = new Map<string, Collected>();
  const folderTold = (hostPath: string): void => {
    const covered = mounts.covering(hostPath);
    if (covered) collectedOf(shares, covered.share).folders.add(covered.pathOf(hostPath));
  };
  for (const { folder, names, whole } of changes) {
    const seen = await mapConcurrent([...names], looks, async ([name, cameOrWent]) => {
      const path = join(folder, name);
      return { path, cameOrWent, stats: await lstat(path).catch(() => null) };
    });
    for (const { path, cameOrWent, stats } of seen) {
      const covered = mounts.covering(path);
      if (!covered || (!cameOrWent && !stats?.isFile())) continue;
      if (cameOrWent) {
        await follow(covered.watch, path, stats?.isDirectory() ?? false);
        folderTold(folder);
      }
      collectedOf(shares, covered.share).files.add(covered.pathOf(path));
    }
    if (!whole) continue;
    await mounts.covering(folder)?.watch.lookAgain(folder);
    folderTold(folder);
  }
  return [...shares].map(([share, { files, folders }]) => ({
    share,
    // The share itself has no name in it.
    files: [...files].filter((path) => path !== ''),
    folders: [...folders],
  }));
}

async function follow(watch: FolderWatch, path: string, isFolder: boolean): Promise<void> {
  if (!isFolder) watch.left(path);
  else if (!watch.knows(path)) await watch.entered(path);
}

function collectedOf(shares: Map<string, Collected>, share: string): Collected {
  const known = shares.get(share);
  if (known) return known;
  const collected = { files: new Set<string>(), folders: new Set<string>() };
  shares.set(share, collected);
  return collected;
}
