import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import { syncFolder } from '../base/atomic-file.ts';
import { explainDiskFull } from '../base/disk-full.ts';
import { mapConcurrent } from '../base/map-concurrent.ts';
import type { DebianArchive } from '../debian/archive.ts';
import { dependencyClosure } from '../debian/closure.ts';
import type { DebianPackage } from '../debian/package-index.ts';
import type { JobReporter } from '../state/jobs.ts';
import { readContent } from './content.ts';
import { moduleLists } from './depmod.ts';
import { FileTree } from './file-tree.ts';
import { pathMatcher } from './glob.ts';
import { buildInitrd, modeOf } from './initrd.ts';
import { KernelModules } from './kernel-modules.ts';
import type { Manifest } from './manifest.ts';
import { writeRootImage } from './root-image.ts';
import type { LoadedTemplate } from './template.ts';
import { uncompressedKernel } from './uncompressed-kernel.ts';
import { unpackDeb } from './unpack-deb.ts';

/** Part of every image's id: raise it when this code makes something else out of the same input. */
const composerVersion = 2;

/** xz runs beside this process, two at a time keep the usual two cores busy without holding much memory. */
const parallelUnpacking = 2;

/** Prefix of folders being made; whatever bears it at start was left behind by a killed engine. */
export const composingPrefix = '.composing-';

export const imageFiles = {
  root: 'root.squashfs',
  kernel: 'kernel',
  /** Only where the kernel can be started without unpacking itself. */
  uncompressedKernel: 'kernel.elf',
  initrd: 'initrd.img',
  manifest: 'manifest.json',
} as const;

export interface ComposeOptions {
  readonly loaded: LoadedTemplate;
  readonly arch: HostArch;
  readonly architecture: { readonly debian: string; readonly kernel: string; readonly console: string };
  readonly archive: DebianArchive;
  readonly imagesFolder: string;
  /** Package lists younger than this are not asked for again. */
  readonly listsMaxAgeMs: number;
  readonly reporter: JobReporter;
}

/**
 * Composes an image into `<imagesFolder>/<id>` and returns its id. The id follows from what goes in, so an image that
 * exists is found instead of made again; the folder appears by a rename when it is complete, or not at all.
 */
export async function composeImage(options: ComposeOptions): Promise<string> {
  const { archive, reporter } = options;
  const { signal } = reporter;
  reporter.phase('checking package lists');
  const packages = await choosePackages(options);
  const id = imageId(options, packages);
  const target = join(options.imagesFolder, id);
  if (await exists(join(target, imageFiles.manifest))) return id;

  reporter.phase('downloading packages');
  const debPaths = await archive.fetch(packages, { signal, onProgress: reporter.progress });

  await mkdir(options.imagesFolder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(options.imagesFolder, composingPrefix));
  try {
    await composeInto(work, { ...options, id, packages, debPaths });
    await rm(target, { recursive: true, force: true });
    await rename(work, target);
    await syncFolder(options.imagesFolder);
    return id;
  } catch (thrown) {
    throw explainDiskFull(thrown, 'the guest image', options.imagesFolder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function choosePackages(options: ComposeOptions): Promise<DebianPackage[]> {
  const { archive, architecture, reporter } = options;
  const { template } = options.loaded;
  using index = await archive.index({
    suites: template.suites,
    architecture: architecture.debian,
    maxAgeMs: options.listsMaxAgeMs,
    signal: reporter.signal,
    onProgress: reporter.progress,
  });
  return dependencyClosure({
    index,
    packages: [...template.packages, architecture.kernel],
    without: new Set(Object.keys(template.without)),
  });
}

function imageId(options: ComposeOptions, packages: readonly DebianPackage[]): string {
  const hash = createHash('sha256').update(`${composerVersion}\0${options.loaded.hash}\0${options.arch}\0`);
  for (const item of packages) hash.update(`${item.name}=${item.version} ${item.sha256}\n`);
  return `${options.loaded.template.name}-${options.arch}-${hash.digest('hex').slice(0, 12)}`;
}

interface Composition extends ComposeOptions {
  readonly id: string;
  readonly packages: readonly DebianPackage[];
  readonly debPaths: readonly string[];
}

async function composeInto(work: string, options: Composition): Promise<void> {
  const { reporter, loaded, packages } = options;
  const { signal } = reporter;
  const pools = join(work, 'pools');
  await mkdir(pools);
  const tree = await unpackAll(pools, options);

  reporter.phase('assembling the image');
  const modules = await KernelModules.open(tree);
  const initrdModules = await modules.select(loaded.template.initrdModules, signal);
  const rootModules = await modules.select(
    [...loaded.template.initrdModules, ...loaded.template.rootModules],
    signal,
  );
  const kernelFile = `boot/vmlinuz-${modules.release}`;
  const overlay = (part: string) => loaded.overlay.filter((file) => file.path.startsWith(`${part}/`));
  const initrd = await buildInitrd({ tree, modules: initrdModules, overlay: overlay('initrd') });
  await writeFile(join(work, imageFiles.initrd), initrd);
  const kernel = await readContent(tree.content(kernelFile));
  await writeFile(join(work, imageFiles.kernel), kernel);
  const unpacked = await uncompressedKernel(kernel);
  if (unpacked) await writeFile(join(work, imageFiles.uncompressedKernel), unpacked);

  const put = fixedFiles(tree);
  for (const path of tree.paths()) {
    if (path.startsWith(`${modules.folder}kernel/`) || path.startsWith('boot/')) tree.delete(path);
  }
  for (const module of rootModules) put(modules.folder + module.path, module.bytes);
  for (const [name, bytes] of moduleLists(rootModules, modules.builtIn)) put(modules.folder + name, bytes);
  put('etc/ssl/certs/ca-certificates.crt', await certificateBundle(tree));
  for (const file of overlay('root')) {
    const path = file.path.slice('root/'.length);
    if ('bytes' in file.content) put(path, file.content.bytes);
    else put(path, { linksTo: file.content.linksTo });
  }
  const rootPath = join(work, imageFiles.root);
  await writeRootImage({ tree, path: rootPath, signal, onProgress: reporter.progress });
  await rm(pools, { recursive: true });
  await writeManifest(work, options, {
    conflicts: [...tree.conflicts],
    kernelVersion: modules.release,
    files: [
      imageFiles.root,
      imageFiles.kernel,
      imageFiles.initrd,
      ...(unpacked ? [imageFiles.uncompressedKernel] : []),
    ],
  });
  reporter.progress(packages.length, packages.length);
}

async function unpackAll(pools: string, options: Composition): Promise<FileTree> {
  const { packages, reporter } = options;
  reporter.phase('unpacking packages');
  const isExcluded = pathMatcher(options.loaded.template.exclude);
  const totalBytes = packages.reduce((sum, item) => sum + item.sizeBytes, 0);
  let doneBytes = 0;
  const unpacked = await mapConcurrent(packages, parallelUnpacking, async (item, at) => {
    const files = await unpackDeb({
      debPath: options.debPaths[at] ?? '',
      poolPath: join(pools, item.name),
      wanted: (path) => !isExcluded(path),
      signal: reporter.signal,
    });
    doneBytes += item.sizeBytes;
    reporter.progress(doneBytes, totalBytes);
    return files;
  });
  const tree = new FileTree();
  unpacked.forEach((files, at) => {
    for (const file of files) tree.put(file.path, file.node, packages[at]?.name ?? '');
  });
  return tree;
}

/** Puts files of the composer or the template: root's, with one mtime, replacing what packages brought. */
function fixedFiles(tree: FileTree): (path: string, content: Buffer | { linksTo: string }) => void {
  const base = { uid: 0, gid: 0, mtime: 0 };
  return (path, content) => {
    const node = Buffer.isBuffer(content)
      ? ({ ...base, type: 'file', mode: modeOf(content), content: { bytes: content } } as const)
      : ({ ...base, type: 'symlink', mode: 0o777, target: content.linksTo } as const);
    tree.put(path, node, 'foredeck', { expected: true });
  };
}

/** What ca-certificates' maintainer script makes: all certificates behind one another. */
async function certificateBundle(tree: FileTree): Promise<Buffer> {
  const paths = tree.paths().filter((path) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path));
  const certificates = await Promise.all(paths.sort().map((path) => readContent(tree.content(path))));
  return Buffer.concat(certificates);
}

/** Packages whose versions people ask for, by the name they ask with. */
const notedVersions = {
  docker: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  buildx: 'docker-buildx',
  openssh: 'openssh-server',
} as const;

async function writeManifest(
  work: string,
  options: Composition,
  found: { conflicts: Manifest['conflicts']; kernelVersion: string; files: readonly string[] },
): Promise<void> {
  const { packages } = options;
  const versions = Object.entries(notedVersions).flatMap(([name, packageName]) => {
    const item = packages.find((candidate) => candidate.name === packageName);
    return item ? [[name, item.version] as const] : [];
  });
  const hashes = await Promise.all(found.files.map((name) => syncedHash(join(work, name))));
  const manifest: Manifest = {
    image: {
      id: options.id,
      template: options.loaded.template.name,
      arch: options.arch,
      createdAt: Date.now(),
      packages: packages.length,
      rootBytes: (await stat(join(work, imageFiles.root))).size,
      kernelVersion: found.kernelVersion,
      versions: Object.fromEntries(versions),
    },
    templateHash: options.loaded.hash,
    console: options.architecture.console,
    packages: packages.map(({ name, version, archive, sha256 }) => ({ name, version, archive, sha256 })),
    conflicts: found.conflicts,
    files: Object.fromEntries(found.files.map((name, at) => [name, hashes[at] ?? ''])),
  };
  const path = join(work, imageFiles.manifest);
  await writeFile(path, `${JSON.stringify(manifest, null, 1)}\n`);
  await syncedHash(path);
  await syncFolder(work);
}

/** SHA-256 of a file which is on the disk by then, so that a power cut cannot publish an empty one. */
async function syncedHash(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
