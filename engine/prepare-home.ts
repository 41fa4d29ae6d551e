import { access, chmod, constants, lstat, mkdir, stat } from 'node:fs/promises';
import { EngineError, errnoOf } from './base/engine-error.ts';

/**
 * Makes FOREDECK_HOME when absent and keeps it to its owner: keys, disks and the sockets that control containers lie
 * in it. Throws `home_unusable` when it is no folder, belongs to somebody else or cannot be written.
 */
export async function prepareHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 }).catch((thrown) => {
    throw unusable(home, makeProblem(thrown), thrown);
  });
  const found = await stat(home);
  if (!found.isDirectory()) throw unusable(home, 'it is not a folder');
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid)
    throw unusable(home, `it belongs to user ${found.uid}, you are ${uid}`);
  if ((found.mode & 0o077) !== 0) {
    await chmod(home, 0o700).catch((thrown) => {
      throw unusable(home, 'others can read it and its mode cannot be changed', thrown);
    });
  }
  await access(home, constants.R_OK | constants.W_OK | constants.X_OK).catch((thrown) => {
    throw unusable(
      home,
      errnoOf(thrown) === 'EROFS' ? 'its file system is read-only' : 'it cannot be written',
      thrown,
    );
  });
}

/** Whether the home is there at all: a question such as "what runs?" must not make one. */
export async function homeExists(home: string): Promise<boolean> {
  return await lstat(home).then(
    () => true,
    () => false,
  );
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
