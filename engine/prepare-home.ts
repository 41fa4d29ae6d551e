import { access, chmod, constants, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError, errnoOf } from './base/engine-error.ts';

/**
 * Makes FOREDECK_HOME when absent and keeps it to its owner: keys, disks and the sockets that control containers lie
 * in it. Throws `home_unusable` when it is no folder, belongs to somebody else or cannot be written.
 */
export async function prepareHome(home: string): Promise<void> {
  await makeFolder(home).catch((thrown) => {
    throw unusable(home, makeProblem(thrown), thrown);
  });
  const found = await stat(home);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid)
    throw unusable(home, `it belongs to user ${found.uid}, you are ${uid}`);
  if ((found.mode & 0o077) !== 0) await closeToOthers(home, found.mode);
  await access(home, constants.R_OK | constants.W_OK | constants.X_OK).catch((thrown) => {
    throw unusable(
      home,
      errnoOf(thrown) === 'EROFS' ? 'its file system is read-only' : 'it cannot be written',
      thrown,
    );
  });
}

/**
 * Makes a folder and what leads to it, for its owner only. Not Node's `recursive`: that never returns where a file
 * system answers ENOENT below a folder that exists, as /proc does (seen with Node 24.21).
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST' && (await isFolder(path))) return;
    const parent = dirname(path);
    if (errnoOf(thrown) !== 'ENOENT' || (await isFolder(parent))) throw thrown;
    await makeFolder(parent);
    await makeFolder(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What marks a folder as a FOREDECK_HOME. */
const ownEntries = ['engine.lock', 'engine.log', 'settings.json', 'images', 'cache', 'vms'];

/**
 * Takes others' rights away, but only from a folder that is new or ours: FOREDECK_HOME set to `/tmp` or to a whole
 * home folder is a slip, and changing the mode of those would break other programs.
 */
async function closeToOthers(home: string, mode: number): Promise<void> {
  const octal = (mode & 0o7777).toString(8);
  if ((mode & 0o022) !== 0) throw unusable(home, `others can write to it (mode ${octal})`);
  const entries = await readdir(home);
  if (entries.length > 0 && !entries.some((name) => ownEntries.includes(name))) {
    throw unusable(home, `others can read it (mode ${octal}) and it holds things that are not Foredeck's`);
  }
  await chmod(home, 0o700).catch((thrown) => {
    throw unusable(home, `others can read it (mode ${octal}) and that cannot be changed`, thrown);
  });
}

function makeProblem(thrown: unknown): string {
  switch (errnoOf(thrown)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'it, or a part of its path, is not a folder';
    case 'EROFS':
      return 'its file system is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'you may not make it there';
    case 'ENOENT':
      return 'nothing can be made at that place';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function unusable(home: string, why: string, cause?: unknown): EngineError {
  return new EngineError({
    code: 'home_unusable',
    message: `FOREDECK_HOME "${home}" cannot be used: ${why}.`,
    hint: 'Set FOREDECK_HOME to a folder of your own on a disk that can be written.',
    cause,
  });
}
