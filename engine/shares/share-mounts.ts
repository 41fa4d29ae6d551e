import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import { liesIn, type Share } from '../../contract/shares.ts';

/** One thing which the folder server shows: a folder of the host, or a link into one, at its own path. */
export const ShareMount = z.object({
  /** Writable, read-only, link: as the scripts on both sides are told. */
  kind: z.enum(['w', 'r', 'l']),
  /** Its name in the server's root: the same at every start, as a suspended VM's memory knows files by it. */
  name: z.string(),
  path: z.string(),
  /** Where a link leads; empty for a folder. */
  target: z.string(),
  /** Device and inode number of a folder: another folder at the same path is mounted anew. Empty for a link. */
  identity: z.string(),
});
export type ShareMount = z.infer<typeof ShareMount>;

/** A share whose folder is there. */
export interface PresentShare extends Pick<Share, 'path' | 'realPath' | 'readOnly'> {
  readonly identity: string;
}

/**
 * What shares amount to, outer folders first. One that was named through a symbolic link is mounted where it really
 * lies, with a link at the path it was named by, unless that link itself lies in a share and so is seen anyway.
 */
export function mountsOf(shares: readonly PresentShare[]): ShareMount[] {
  const folders = new Map<string, ShareMount>();
  // Of two shares of one folder the one which names the folder itself decides.
  const named = [...shares].sort((a, b) => Number(a.path === a.realPath) - Number(b.path === b.realPath));
  for (const { realPath: path, readOnly, identity } of named) {
    folders.set(path, { kind: readOnly ? 'r' : 'w', name: nameOf(path), path, target: '', identity });
  }
  const links = shares
    .filter(({ path, realPath }) => path !== realPath && !folders.has(path))
    .filter(({ path }) => ![...folders.keys()].some((folder) => liesIn(dirname(path), folder)))
    .map(
      ({ path, realPath }): ShareMount => ({
        kind: 'l',
        name: nameOf(path),
        path,
        target: realPath,
        identity: '',
      }),
    );
  return [...folders.values(), ...links].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Long enough that no two of a person's folders have the same. */
const nameLength = 16;

/** A folder's name in the server's root, and below the guest's hub. */
export function nameOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, nameLength);
}

/** What is in `after` and was not in `before`, or was something else there. */
export function newMounts(before: readonly ShareMount[], after: readonly ShareMount[]): ShareMount[] {
  return after.filter((mount) => !before.some((other) => isSame(mount, other)));
}

function isSame(one: ShareMount, other: ShareMount): boolean {
  return (
    one.path === other.path &&
    one.kind === other.kind &&
    one.target === other.target &&
    one.identity === other.identity
  );
}

/**
 * The folders below which the guest has to mount anew to come from `before` to `after`: the outermost ones, since
 * what is mounted over an outer folder hides what was mounted in it.
 */
export function changedFolders(before: readonly ShareMount[], after: readonly ShareMount[]): string[] {
  const changed = [...newMounts(after, before), ...newMounts(before, after)].map(({ path }) => path);
  const folders = [...before, ...after].filter(({ kind }) => kind !== 'l').map(({ path }) => path);
  const outermost = changed.map((path) =>
    folders
      .filter((folder) => liesIn(path, folder))
      .reduce((one, other) => (other.length < one.length ? other : one), path),
  );
  return [...new Set(outermost)];
}
