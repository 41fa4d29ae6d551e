import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { z } from 'zod';
import { HostArch } from '../../contract/arch.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { collectGarbage } from '../base/collect-garbage.ts';
import { explainDiskFull } from '../base/disk-full.ts';
import { EngineError } from '../base/engine-error.ts';
import { Publisher } from '../base/publisher.ts';
import { SharedWork } from '../base/shared-work.ts';
import { openDebData } from '../debian/deb.ts';
import type { DebianPackage } from '../debian/package-index.ts';
import type { PackageFiles, PackageName } from '../vm/ports.ts';
import { debianArchitecture } from './debian-architecture.ts';
import { canonicalPath } from './file-tree.ts';
import { listsMaxAgeMs, type TemplateSource } from './template-source.ts';

/** What an unpacked package's folder says about itself; written last. */
const Unpacked = z.object({
  version: z.string(),
  sha256: z.string(),
  /** When the package lists were last seen to name this version. */
  checkedAt: z.number(),
});
type Unpacked = z.infer<typeof Unpacked>;

type FetchOptions = Parameters<PackageFiles['fetch']>[0];
type Fetched = Awaited<ReturnType<PackageFiles['fetch']>>;

/**
 * Files out of single packages, below `<cache>/files/<package>-<arch>-<key>/<sha256>`, or `…-<key>-backports`. What
 * was unpacked within a day is handed out without asking anybody.
 */
export function createPackageFiles(source: TemplateSource): PackageFiles {
  const fetching = new SharedWork<Fetched>();
  const progress = new Publisher<{ base: string; doneBytes: number; totalBytes: number | null }>();
  const looking = new SharedWork<DebianPackage>();
  const lookedUp = new Map<string, { readonly version: string; readonly at: number }>();

  const newest = (name: PackageName, signal: AbortSignal): Promise<DebianPackage> =>
    looking.run(keyOf(name), signal, async (shared) => {
      const found = await newestPackage(source, name, shared);
      lookedUp.set(keyOf(name), { version: found.version, at: Date.now() });
      await collectGarbage();
      return found;
    });

  const fetchOnce = async (base: string, options: FetchOptions): Promise<Fetched> => {
    const notePath = `${base}.json`;
    const folderOf = (sha256: string): string => join(base, sha256);
    const known = parseNote(await readFileIfAny(notePath));
    const serves = known && (options.anyAge || isFresh(known.checkedAt));
    if (serves && (await exists(folderOf(known.sha256)))) {
      return { version: known.version, folder: folderOf(known.sha256) };
    }
    const found = await newest(options, options.signal);
    const folder = folderOf(found.sha256);
    if (!(await exists(folder))) {
      const [debPath = ''] = await source.archive(await source.load()).fetch([found], {
        signal: options.signal,
        onProgress: options.onProgress,
      });
      await unpackFiles(debPath, folder, options);
    }
    const note: Unpacked = { version: found.version, sha256: found.sha256, checkedAt: Date.now() };
    await writeFileAtomic(notePath, JSON.stringify(note));
    await collectGarbage();
    return { version: found.version, folder };
  };

  return {
    fetch: async (options) => {
      const base = join(source.paths.cache, 'files', keyOf(options, options.key));
      const stopListening = progress.listen((told) => {
        if (told.base === base) options.onProgress?.(told.doneBytes, told.totalBytes);
      });
      try {
        return await fetching.run(base, options.signal, (signal) =>
          fetchOnce(base, {
            ...options,
            signal,
            onProgress: (doneBytes, totalBytes) => progress.publish({ base, doneBytes, totalBytes }),
          }),
        );
      } finally {
        stopListening();
      }
    },
    newestVersion: async ({ signal, ...name }) => {
      const known = lookedUp.get(keyOf(name));
      return known && isFresh(known.at) ? known.version : (await newest(name, signal)).version;
    },
  };
}

/** `qemu-user-amd64-emulators`, `qemu-user-amd64-emulators-backports`. */
function keyOf({ packageName, arch, suite = 'stable' }: PackageName, key?: string): string {
  return [packageName, arch.replaceAll('/', '-'), key, suite === 'stable' ? undefined : suite]
    .filter((part) => part !== undefined)
    .join('-');
}

function isFresh(checkedAt: number): boolean {
  return Date.now() - checkedAt < listsMaxAgeMs;
}

async function newestPackage(
  source: TemplateSource,
  { packageName, arch, suite = 'stable' }: PackageName,
  signal: AbortSignal,
): Promise<DebianPackage> {
  const architecture = debianArchitecture(arch);
  if (architecture === null) {
    throw new EngineError({ code: 'package_missing', message: `Debian 13 has no packages for ${arch}.` });
  }
  const loaded = await source.load();
  const all = await source.suites(loaded, suite);
  using index = await source.archive(loaded).index({
    // Mirrors do not always carry security updates of the rarer architectures; the release has everything.
    suites: HostArch.safeParse(arch).success ? all : all.slice(0, 1),
    architecture,
    maxAgeMs: listsMaxAgeMs,
    signal,
  });
  return index.newest(packageName);
}

/** Unpacks into a folder which appears whole, by a rename. */
async function unpackFiles(debPath: string, folder: string, options: FetchOptions): Promise<void> {
  if (await exists(folder)) return;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const work = await mkdtemp(`${folder}.`);
  try {
    const entries = extract();
    const feeding = pipeline(await openDebData(debPath, options.signal), entries, { signal: options.signal });
    // Awaited below; the loop fails first when the stream breaks.
    feeding.catch(() => undefined);
    for await (const entry of entries) {
      const path = canonicalPath(entry.header.name);
      if (options.wanted(path)) await writeEntry(work, path, entry);
      else entry.resume();
    }
    await feeding;
    await rename(work, folder);
  } catch (thrown) {
    throw explainDiskFull(thrown, `files of package ${options.packageName}`, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeEntry(
  work: string,
  path: string,
  entry: AsyncIterable<unknown> & { header: Header; resume(): unknown },
): Promise<void> {
  const target = join(work, path);
  const { header } = entry;
  await mkdir(dirname(target), { recursive: true });
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      await pipeline(entry, createWriteStream(target));
      await chmod(target, header.mode & 0o755);
      return;
    case 'link':
      await copyFile(join(work, canonicalPath(header.linkname)), target);
      break;
    case 'symlink':
      await symlink(header.linkname, target);
      break;
    case 'directory':
      await mkdir(target, { recursive: true });
      break;
    default:
      // Devices and pipes are of no use outside a guest.
      break;
  }
  entry.resume();
}

function parseNote(text: string | undefined): Unpacked | null {
  if (text === undefined) return null;
  try {
    return Unpacked.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
