import { realpath, stat } from 'node:fs/promises';
import { EngineError, errnoOf } from '../base/engine-error.ts';

/** Where a folder of the host lies once symbolic links are followed, and which one it is: `device:inode`. */
export interface SeenFolder {
  readonly realPath: string;
  readonly identity: string;
}

/** Throws `share_refused` when it is not there, cannot be reached or is no folder. */
export async function lookAtFolder(path: string): Promise<SeenFolder> {
  let realPath: string;
  let isFolder: boolean;
  let identity: string;
  try {
    realPath = await realpath(path);
    // An inode number has 64 bits.
    const found = await stat(realPath, { bigint: true });
    isFolder = found.isDirectory();
    identity = `${found.dev}:${found.ino}`;
  } catch (thrown) {
    const gone = errnoOf(thrown) === 'ENOENT';
    throw new EngineError({
      code: 'share_refused',
      message: `Cannot share ${path}: ${gone ? 'there is no such folder' : `it cannot be read (${errnoOf(thrown)})`}.`,
      cause: thrown,
    });
  }
  if (isFolder) return { realPath, identity };
  throw new EngineError({
    code: 'share_refused',
    message: `Cannot share ${path}: it is no folder.`,
    hint: 'Share the folder it lies in.',
  });
}
