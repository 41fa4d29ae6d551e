import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { type Header, pack } from 'tar-stream';
import { explainDiskFull } from '../base/disk-full.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import { contentSizeBytes, streamContent } from './content.ts';
import type { FileTree, TreeNode } from './file-tree.ts';

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

async function writeTar(
  tar: ReturnType<typeof pack>,
  options: { tree: FileTree; onProgress?: (doneBytes: number, totalBytes: number) => void },
): Promise<void> {
  const nodes = options.tree.sorted();
  const totalBytes = nodes.reduce((sum, { node }) => sum + sizeOf(node), 0);
  let doneBytes = 0;
  for (const { path, node } of nodes) {
    const header = toHeader(path, node);
    if (node.type === 'file') {
      const entry = tar.entry(header);
      await pipeline(streamContent(node.content), entry);
      doneBytes += sizeOf(node);
      options.onProgress?.(doneBytes, totalBytes);
    } else {
      tar.entry(header);
    }
  }
}

function sizeOf(node: TreeNode): number {
  return node.type === 'file' ? contentSizeBytes(node.content) : 0;
}

function toHeader(path: string, node: TreeNode): Partial<Header> & Pick<Header, 'name'> {
  const base = {
    name: path,
    mode: node.mode & 0o7777,
    uid: node.uid,
    gid: node.gid,
    mtime: new Date(node.mtime * 1_000),
    size: sizeOf(node),
  };
  switch (node.type) {
    case 'file':
      return { ...base, type: 'file' };
    case 'directory':
      return { ...base, type: 'directory' };
    case 'symlink':
      return { ...base, type: 'symlink', linkname: node.target };
    case 'hardlink':
      return { ...base, type: 'link', linkname: node.target };
    case 'fifo':
      return { ...base, type: 'fifo' };
    case 'char':
      return { ...base, type: 'character-device', devmajor: node.major, devminor: node.minor };
    case 'block':
      return { ...base, type: 'block-device', devmajor: node.major, devminor: node.minor };
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
