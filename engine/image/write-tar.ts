import { pipeline } from 'node:stream/promises';
import type { Header, Pack } from 'tar-stream';
import { contentSizeBytes, streamContent } from './content.ts';
import type { FileTree, TreeNode } from './file-tree.ts';

/** Writes every file of the tree, parents first, into `tar`, which the caller makes, feeds on and finishes. */
export async function writeTar(
  tar: Pack,
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
