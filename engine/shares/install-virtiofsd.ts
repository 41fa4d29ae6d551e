import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import type { Jobs } from '../state/jobs.ts';
import type { PackageFiles } from '../vm/ports.ts';

export interface InstallVirtiofsdOptions {
  readonly packages: PackageFiles;
  readonly jobs: Jobs;
  /** FOREDECK_HOME/tools. */
  readonly tools: string;
  readonly arch: HostArch;
}

/** Debian 13's names of its loader and of the folder of its libraries. */
const platforms: Readonly<Record<HostArch, { loader: string; triplet: string }>> = {
  amd64: { loader: 'ld-linux-x86-64.so.2', triplet: 'x86_64-linux-gnu' },
  arm64: { loader: 'ld-linux-aarch64.so.1', triplet: 'aarch64-linux-gnu' },
};

const program = 'virtiofsd';

/** A folder being made; it takes its name when it has been proved. */
const freshPrefix = '.virtiofsd-';

/** Files which are taken out of Debian's packages, by package. */
function files(arch: HostArch): Readonly<Record<string, readonly string[]>> {
  const { loader, triplet } = platforms[arch];
  const libraries = `usr/lib/${triplet}`;
  return {
    virtiofsd: [`usr/libexec/${program}`],
    libc6: [loader, 'libc.so.6', 'libm.so.6'].map((name) => `${libraries}/${name}`),
    'libgcc-s1': [`${libraries}/libgcc_s.so.1`],
    'libcap-ng0': [`${libraries}/libcap-ng.so.0`],
    libseccomp2: [`${libraries}/libseccomp.so.2`],
  };
}

/** Our own copy under the tools folder: where it lies, and how it is started with its own loader and libraries. */
export function installedVirtiofsd(tools: string, arch: HostArch): { folder: string; command: string[] } {
  return copyIn(join(tools, program), arch);
}

function copyIn(folder: string, arch: HostArch): ReturnType<typeof installedVirtiofsd> {
  const { loader } = platforms[arch];
  return { folder, command: [join(folder, loader), '--library-path', folder, join(folder, program)] };
}

/**
 * Debian 13's signed virtiofsd, unpacked without root. It wants a newer C library than most systems have, so that comes
 * along with it, and its loader starts it. `prove` decides whether it takes the place of an older copy.
 */
export async function installVirtiofsd(
  options: InstallVirtiofsdOptions & {
    prove: (command: readonly string[], signal: AbortSignal) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const { arch, jobs, tools, signal } = options;
  const job = {
    kind: 'install-virtiofsd',
    title: 'Sharing folders: virtiofsd for this computer',
    signal,
  } as const;
  return await jobs.run(job, async (reporter) => {
    await mkdir(tools, { recursive: true, mode: 0o700 });
    await removeLeftovers(tools);
    const fresh = copyIn(await mkdtemp(join(tools, freshPrefix)), arch);
    try {
      for (const [packageName, wanted] of Object.entries(files(arch))) {
        reporter.phase(`downloading ${packageName}`);
        const { folder } = await options.packages.fetch({
          packageName,
          arch,
          // Libraries go by a link to the file with their whole version in its name.
          wanted: (path) => wanted.some((file) => path.startsWith(file)),
          key: program,
          signal: reporter.signal,
          onProgress: reporter.progress,
        });
        for (const file of wanted) {
          const target = join(fresh.folder, basename(file));
          await copyFile(join(folder, file), target);
          await chmod(target, 0o755);
        }
      }
      reporter.phase('checking that it works');
      await options.prove(fresh.command, reporter.signal);
      const place = installedVirtiofsd(tools, arch);
      await rm(place.folder, { recursive: true, force: true });
      await rename(fresh.folder, place.folder);
      return place.command;
    } catch (thrown) {
      await rm(fresh.folder, { recursive: true, force: true });
      throw thrown;
    }
  });
}

/** What a killed engine left half made. */
async function removeLeftovers(tools: string): Promise<void> {
  for (const name of await readdir(tools)) {
    if (name.startsWith(freshPrefix)) await rm(join(tools, name), { recursive: true });
  }
}
