import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { DockerImage } from '../../../contract/docker-images.ts';
import { EngineError, errnoOf } from '../../base/engine-error.ts';
import type { Jobs } from '../../state/jobs.ts';
import type { GuestLink } from '../../vm/ports.ts';
import type { DockerConnection } from '../docker-connection.ts';
import type { ImageReference } from './image-reference.ts';
import { sendArchive } from './send-archive.ts';

/**
 * Makes an image out of a root filesystem in a tar archive on the host, as `docker import` does, for a platform of
 * one's choice; a job shows the progress. Throws `bad_input` naming the path for a file that cannot be one,
 * `disk_full` when the VM has no room for it.
 */
export async function importImage(options: {
  connection: DockerConnection;
  jobs: Jobs;
  path: string;
  reference: ImageReference;
  platform: string;
}): Promise<DockerImage> {
  const { connection, jobs, path, reference, platform } = options;
  const sizeBytes = await checkArchive(path);
  const title = `${reference.text} out of ${path}`;
  return await jobs.run({ kind: 'docker-image', title, signal: connection.signal }, async (reporter) => {
    await checkRoom(connection.link, sizeBytes, reporter.signal);
    return await sendArchive({
      connection,
      reporter,
      archive: createReadStream(path),
      sizeBytes,
      what: `"${path}"`,
      reference,
      platform,
    });
  });
}

/** Long enough for the magic of tar, which stands at 257 (POSIX ustar), and of every compression Docker knows. */
const headBytes = 512;

/** Beginnings of what Docker unpacks by itself: gzip, bzip2, xz, zstd. */
const compressions = ['1f8b', '425a68', 'fd377a585a00', '28b52ffd'];

/** First entries of the archives that `docker save` and OCI tools write; they hold images, not root filesystems. */
const imageArchiveEntries = /^(?:blobs\/|oci-layout|manifest\.json|index\.json|repositories|[0-9a-f]{64}\/)/;

/** The archive's size. Throws `bad_input` for what cannot be imported. */
async function checkArchive(path: string): Promise<number> {
  if (!isAbsolute(path)) throw badPath(path, 'is not an absolute path');
  let head: Buffer;
  let sizeBytes: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw badPath(path, found.isDirectory() ? 'is a folder' : 'is not a file');
    sizeBytes = found.size;
    const file = await open(path, 'r');
    head = await readHead(file).finally(() => file.close());
  } catch (thrown) {
    const errno = errnoOf(thrown);
    if (errno === 'ENOENT') throw badPath(path, 'does not exist');
    if (errno === 'EACCES' || errno === 'EPERM') throw badPath(path, 'may not be read by this user');
    throw thrown;
  }
  const isTar = head.toString('latin1', 257, 262) === 'ustar';
  if (!isTar && !compressions.some((magic) => head.toString('hex').startsWith(magic))) {
    throw badPath(path, 'is no tar archive');
  }
  const [firstEntry = ''] = head.toString('latin1', 0, 100).split('\0');
  if (isTar && imageArchiveEntries.test(firstEntry)) {
    throw new EngineError({
      code: 'bad_input',
      message: `"${path}" holds a whole image, as "docker save" writes it, not a root filesystem.`,
      hint: `Load it in a terminal: docker load -i ${path}`,
    });
  }
  return sizeBytes;
}

async function readHead(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return buffer.subarray(0, bytesRead);
}

function badPath(path: string, what: string): EngineError {
  return new EngineError({
    code: 'bad_input',
    message: `"${path}" ${what}.`,
    hint: 'Name a tar archive of a root filesystem on this computer.',
  });
}

/** Free bytes on the guest's data disk: blocks available to everybody times their size (coreutils' stat). */
const printFree = ['stat', '--file-system', '--format', '%a %S', '/var/lib/docker'];

async function checkRoom(link: GuestLink, sizeBytes: number, signal: AbortSignal): Promise<void> {
  const { stdout } = await link.exec(printFree, { signal });
  const [blocks = Number.NaN, blockBytes = Number.NaN] = stdout.trim().split(' ').map(Number);
  const freeBytes = blocks * blockBytes;
  // Where it cannot be told, Docker will.
  if (!(freeBytes < sizeBytes)) return;
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  throw new EngineError({
    code: 'disk_full',
    message: `The archive has ${megabytes(sizeBytes)}, and the VM's data disk has room for ${megabytes(freeBytes)}.`,
    hint: 'Remove images or containers that are not needed, or "docker system prune".',
  });
}
