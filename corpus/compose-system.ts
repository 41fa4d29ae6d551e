import { join } from 'node:path';
import { mapConcurrent } from '../engine/base/map-concurrent.ts';
import type { DebianPackage } from '../engine/debian/package-index.ts';
import { FileTree } from '../engine/image/file-tree.ts';
import { pathMatcher } from '../engine/image/glob.ts';
import { unpackDeb } from '../engine/image/unpack-deb.ts';
import { readControlFiles } from './control-files.ts';
import { putDpkgDatabase, type UnpackedPackage } from './dpkg-database.ts';

/** xz runs beside this process; two keep the usual two cores busy. */
const parallelUnpacking = 2;

/** What Debian's slim container images leave out, too. dpkg is told, so that it does the same and misses nothing. */
const leftOut = ['usr/share/doc', 'usr/share/man', 'usr/share/info', 'usr/share/locale', 'usr/share/lintian'];

/** Policy's "do not start services": a container has no init to start them with. */
const noServices = '#!/bin/sh\nexit 101\n';

/**
 * Unpacks a Debian system into a tree, without running anything of it: what is left is `dpkg --configure -a` on its own
 * architecture. Contents go into files below `poolFolder`, which must stay until the tree has been written.
 */
export async function composeSystem(options: {
  packages: readonly DebianPackage[];
  debPaths: readonly string[];
  poolFolder: string;
  /** Lines of /etc/apt/sources.list. */
  sources: readonly string[];
  signal: AbortSignal;
  onProgress: (doneBytes: number, totalBytes: number) => void;
}): Promise<FileTree> {
  const { packages, debPaths, signal } = options;
  const isLeftOut = pathMatcher(leftOut);
  const totalBytes = packages.reduce((sum, item) => sum + item.sizeBytes, 0);
  let doneBytes = 0;
  const unpacked = await mapConcurrent(packages, parallelUnpacking, async (item, at) => {
    const debPath = debPaths[at] ?? '';
    const poolPath = join(options.poolFolder, item.name);
    const files = await unpackDeb({ debPath, poolPath, wanted: (path) => !isLeftOut(path), signal });
    doneBytes += item.sizeBytes;
    options.onProgress(doneBytes, totalBytes);
    return { name: item.name, files, control: await readControlFiles(debPath, signal) };
  });
  const tree = new FileTree();
  for (const item of unpacked) putPackage(tree, item);
  await putDpkgDatabase(tree, unpacked);
  putFile(tree, 'etc/dpkg/dpkg.cfg.d/foredeck', leftOut.map((path) => `path-exclude=/${path}/*\n`).join(''));
  putFile(tree, 'etc/apt/sources.list', options.sources.map((line) => `${line}\n`).join(''));
  putFile(tree, 'usr/sbin/policy-rc.d', noServices, 0o755);
  // What base-passwd makes of them before anything else is configured.
  for (const file of ['passwd', 'group'])
    copyFile(tree, `usr/share/base-passwd/${file}.master`, `etc/${file}`);
  // Scripts of packages configured before mawk need an awk; its own script replaces the link by the usual one.
  const link = { type: 'symlink', mode: 0o777, uid: 0, gid: 0, mtime: 0, target: 'mawk' } as const;
  tree.put('usr/bin/awk', link, 'foredeck');
  return tree;
}

function putPackage(tree: FileTree, { name, files }: UnpackedPackage): void {
  for (const file of files) tree.put(file.path, file.node, name);
}

/** A system without the package, as tests have it, goes without. */
function copyFile(tree: FileTree, from: string, to: string): void {
  const node = tree.get(from);
  if (node) tree.put(to, node, 'foredeck', { expected: true });
}

function putFile(tree: FileTree, path: string, text: string, mode = 0o644): void {
  const content = { bytes: Buffer.from(text) };
  const node = { type: 'file', mode, uid: 0, gid: 0, mtime: 0, content } as const;
  tree.put(path, node, 'foredeck', { expected: true });
}
