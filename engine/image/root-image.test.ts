import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { FileTree, type TreeNode } from './file-tree.ts';
import { writeRootImage } from './root-image.ts';

const signal = new AbortController().signal;
const base = { mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000 };

function smallTree(contentBytes = 10): FileTree {
  const tree = new FileTree();
  const put = (path: string, node: Partial<TreeNode> & { type: TreeNode['type'] }): void =>
    tree.put(path, { ...base, ...node } as TreeNode, 'test');
  put('opt', { type: 'directory', mode: 0o755 });
  put('opt/su', { type: 'file', mode: 0o4755, content: { bytes: Buffer.alloc(contentBytes, 's') } });
  put('opt/alias', { type: 'hardlink', target: 'opt/su' });
  put('opt/link', { type: 'symlink', mode: 0o777, target: 'su' });
  put('dev-null', { type: 'char', mode: 0o666, major: 1, minor: 3 });
  put('mail', { type: 'directory', mode: 0o2775, uid: 12, gid: 8 });
  return tree;
}

describe('writeRootImage', () => {
  it('keeps owners, modes, links and devices without being root', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'root.squashfs');
      await writeRootImage({ tree: smallTree(), path, signal });
      const listing = execFileSync('unsquashfs', ['-lln', path], { encoding: 'utf8' });
      const rows = listing
        .split('\n')
        .filter((line) => line.includes('squashfs-root/'))
        .map((line) => line.replaceAll(/\s+/g, ' ').replace(/ \d{4}-\d\d-\d\d \d\d:\d\d/, ''))
        // A folder's size is sqfstar's own affair.
        .map((row) => row.replace(/^(d\S+ \S+) \d+/, '$1'));
      expect(rows).toEqual([
        'crw-rw-rw- 0/0 1, 3 squashfs-root/dev-null',
        'drwxrwsr-x 12/8 squashfs-root/mail',
        'drwxr-xr-x 0/0 squashfs-root/opt',
        '-rwsr-xr-x 0/0 10 squashfs-root/opt/alias',
        'lrwxrwxrwx 0/0 2 squashfs-root/opt/link -> su',
        '-rwsr-xr-x 0/0 10 squashfs-root/opt/su',
      ]);
    });
  });

  it('makes equal bytes of equal trees', async () => {
    await withTempFolder(async (folder) => {
      const paths = [join(folder, 'a'), join(folder, 'b')];
      for (const path of paths) await writeRootImage({ tree: smallTree(), path, signal });
      expect(execFileSync('cmp', paths).toString()).toBe('');
    });
  });

  it('stops with its signal and leaves no process', async () => {
    await withTempFolder(async (folder) => {
      const controller = new AbortController();
      const writing = writeRootImage({
        tree: smallTree(50_000_000),
        path: join(folder, 'root.squashfs'),
        signal: controller.signal,
      });
      controller.abort();
      await expect(writing).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(folder);
    });
  });

  it('says which program is missing', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    try {
      await withTempFolder(async (folder) => {
        const writing = writeRootImage({ tree: smallTree(), path: join(folder, 'x'), signal });
        await expect(writing).rejects.toMatchObject({ code: 'tool_missing' });
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'says that the disk is full',
    async () => {
      await withTempFolder(async (folder) => {
        const small = join(folder, 'small');
        await mkdir(small);
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'small', small]);
        try {
          const tree = smallTree();
          const noise = randomBytes(400_000);
          tree.put('noise', { ...base, type: 'file', content: { bytes: noise } }, 'test');
          const writing = writeRootImage({ tree, path: join(small, 'root.squashfs'), signal });
          await expect(writing).rejects.toMatchObject({ code: 'disk_full' });
        } finally {
          execFileSync('umount', [small]);
        }
      });
    },
  );
});
