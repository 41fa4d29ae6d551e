/** One file of a cpio archive; folders it lies in must come before it. */
export interface CpioEntry {
  /** Without leading slash. */
  readonly path: string;
  /** With the file type bits of stat(2). */
  readonly mode: number;
  readonly content?: Uint8Array;
  readonly device?: { readonly major: number; readonly minor: number };
}

export const cpioMode = { directory: 0o040000, file: 0o100000, symlink: 0o120000, char: 0o020000 } as const;

/**
 * A `newc` cpio archive, owner root, uncompressed: what the kernel unpacks as initramfs, several behind one another
 * included. Source: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.
 */
export function buildCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const all = [...entries, { path: 'TRAILER!!!', mode: 0 }];
  all.forEach((entry, index) => {
    const content = entry.content ?? new Uint8Array();
    const name = Buffer.from(`${entry.path}\0`);
    const isTrailer = index === entries.length;
    const fields = [
      isTrailer ? 0 : index + 1, // inode: all different, so that nothing is taken for a hard link
      entry.mode,
      0, // uid
      0, // gid
      1, // links
      0, // mtime: equal input gives equal bytes
      content.length,
      0, // device of the archive, major and minor
      0,
      entry.device?.major ?? 0,
      entry.device?.minor ?? 0,
      name.length,
      0, // checksum, unused by newc
    ];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
    parts.push(padded(Buffer.concat([Buffer.from(header), name])), padded(Buffer.from(content)));
  });
  return Buffer.concat(parts);
}

/** Headers with names, and contents, each end on a multiple of four. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** Every folder above `paths`, parents first. */
export function foldersAbove(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, depth) => {
      folders.add(parts.slice(0, depth + 1).join('/'));
    });
  }
  return [...folders].sort();
}
