import { readContent } from './content.ts';
import { buildCpio, type CpioEntry, cpioMode, foldersAbove } from './cpio.ts';
import type { FileTree } from './file-tree.ts';
import type { KernelModule } from './kernel-modules.ts';
import type { OverlayFile } from './template.ts';

/** Folders which the template's init mounts on. */
const mountPoints = ['dev', 'proc', 'sys', 'run', 'newroot'];

/**
 * The initrd: busybox, the modules the boot needs in the order to insert them (`modules/00-virtio_blk.ko`...), and the
 * template's `guest/initrd`. Uncompressed: it is small, and an emulated CPU unpacks slower than QEMU loads.
 */
export async function buildInitrd(options: {
  tree: FileTree;
  modules: readonly KernelModule[];
  overlay: readonly OverlayFile[];
}): Promise<Uint8Array> {
  const files: CpioEntry[] = [
    {
      path: 'bin/busybox',
      mode: cpioMode.file | 0o755,
      content: await readContent(options.tree.content('usr/bin/busybox')),
    },
    ...options.modules.map((module, order) => ({
      path: `modules/${String(order).padStart(2, '0')}-${module.name}.ko`,
      mode: cpioMode.file | 0o644,
      content: module.bytes,
    })),
    ...options.overlay.map(toEntry),
    // The kernel opens it as the first process's standard streams, before anything is mounted.
    { path: 'dev/console', mode: cpioMode.char | 0o600, device: { major: 5, minor: 1 } },
  ];
  const folders = new Set([...mountPoints, ...foldersAbove(files.map((file) => file.path))]);
  return buildCpio([
    ...[...folders].sort().map((path) => ({ path, mode: cpioMode.directory | 0o755 })),
    ...files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  ]);
}

function toEntry(file: OverlayFile): CpioEntry {
  const path = file.path.slice('initrd/'.length);
  if ('linksTo' in file.content) {
    return { path, mode: cpioMode.symlink | 0o777, content: Buffer.from(file.content.linksTo) };
  }
  return { path, mode: cpioMode.file | modeOf(file.content.bytes), content: file.content.bytes };
}

/** Scripts are for running, everything else for reading. */
export function modeOf(bytes: Buffer): number {
  return bytes.subarray(0, 2).toString('latin1') === '#!' ? 0o755 : 0o644;
}
