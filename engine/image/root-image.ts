import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { explainDiskFull } from '../base/disk-full.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { FileTree } from './file-tree.ts';
import { writeTar } from './write-tar.ts';

/**
 * Writes the tree as a squashfs image through `sqfstar`, from a tar made on the fly: owners, modes and devices come
 * from the tar, so this works without being root. lz4 packs fastest by far and costs an emulated guest least to read.
 * Throws `tool_missing`, `disk_full` or `image_failed`.
 */
export async function writeRootImage(options: {
  tree: FileTree;
  path: string;
  signal: AbortSignal;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}): Promise<void> {
  const sqfstar = spawn(
    'sqfstar',
    // -mkfs-time keeps equal input giving equal bytes.
    ['-comp', 'lz4', '-mkfs-time', '0', '-no-progress', '-quiet', options.path],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let complaint = '';
  sqfstar.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const spawned = once(sqfstar, 'spawn');
  const closed = new Promise<void>((resolve) => {
    sqfstar.once('close', () => resolve());
  });
  try {
    await spawned;
  } catch (thrown) {
    throw errnoOf(thrown) === 'ENOENT' ? toolMissing(thrown) : thrown;
  }
  try {
    const tar = pack();
    const writing = writeTar(tar, options).then(
      () => tar.finalize(),
      (thrown: unknown) => tar.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
    const feeding = pipeline(tar, sqfstar.stdin, { signal: options.signal });
    const [feed] = await Promise.allSettled([feeding, writing, closed]);
    options.signal.throwIfAborted();
    if (sqfstar.exitCode !== 0) throw failed(complaint.trim(), options.path);
    if (feed.status === 'rejected') throw feed.reason;
  } finally {
    if (sqfstar.exitCode === null && sqfstar.signalCode === null) sqfstar.kill('SIGKILL');
    await closed;
  }
}

function toolMissing(cause: unknown): EngineError {
  return new EngineError({
    code: 'tool_missing',
    message:
      'Cannot make the guest image: the program "sqfstar" (squashfs-tools 4.5 or newer) is not installed.',
    hint: 'Debian and Ubuntu: apt install squashfs-tools. macOS: brew install squashfs.',
    cause,
  });
}

function failed(complaint: string, path: string): unknown {
  if (/no space left|quota exceeded/i.test(complaint)) {
    return explainDiskFull(Object.assign(new Error(complaint), { code: 'ENOSPC' }), 'the guest image', path);
  }
  return new EngineError({
    code: 'image_failed',
    message: `Cannot make the guest image: sqfstar failed: ${complaint.split('\n').at(-1) || 'it was killed'}.`,
    hint: 'engine.log in FOREDECK_HOME has the details.',
    details: { sqfstar: complaint },
  });
}
