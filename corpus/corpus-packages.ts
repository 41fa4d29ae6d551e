import type { Arch } from '../contract/arch.ts';
import { EngineError, toEngineError } from '../engine/base/engine-error.ts';
import type { DebianArchive, Suite } from '../engine/debian/archive.ts';
import { dependencyClosure } from '../engine/debian/closure.ts';
import type { DebianPackage } from '../engine/debian/package-index.ts';
import { listsMaxAgeMs, type TemplateSource } from '../engine/image/template-source.ts';

/** Debian's names for OCI's architectures; mips64le and loong64 are not in Debian 13. */
export const debianArchitectures: Partial<Record<Arch, string>> = {
  amd64: 'amd64',
  '386': 'i386',
  arm64: 'arm64',
  'arm/v7': 'armhf',
  riscv64: 'riscv64',
  ppc64le: 'ppc64el',
  s390x: 's390x',
};

/** What any Debian system has, by being essential or required, and apt. */
const basePackages = (
  'apt base-files base-passwd bash bsdutils coreutils dash debconf debian-archive-keyring debianutils diffutils dpkg ' +
  'findutils grep gzip hostname init-system-helpers libc-bin login mawk ncurses-base ncurses-bin passwd perl-base sed ' +
  'sysvinit-utils tar util-linux'
).split(' ');

export interface CorpusPackages {
  readonly packages: readonly DebianPackage[];
  readonly debPaths: readonly string[];
  /** For the container's own apt. */
  readonly sources: readonly string[];
}

export interface PackagesOptions {
  readonly source: TemplateSource;
  readonly arch: Arch;
  readonly wanted: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** Chooses, fetches and verifies a bootable closure of packages, security updates included where the mirror has them. */
export async function corpusPackages(options: PackagesOptions): Promise<CorpusPackages> {
  const { source, signal } = options;
  const loaded = await source.load();
  const archive = source.archive(loaded);
  const { suites } = loaded.template;
  const { packages, used } = await choosePackages(archive, suites, options);
  const debPaths = await archive.fetch(packages, { signal, onProgress: options.onProgress });
  const bases = loaded.template.mirrors[0];
  const sources = bases
    ? used.map(
        ({ archive: name, suite, components }) => `deb ${bases[name]} ${suite} ${components.join(' ')}`,
      )
    : [];
  return { packages, debPaths, sources };
}

/** Mirrors do not always carry updates of the rarer architectures; the release itself they all do. */
async function choosePackages(
  archive: DebianArchive,
  suites: readonly Suite[],
  options: PackagesOptions,
): Promise<{ packages: DebianPackage[]; used: readonly Suite[] }> {
  try {
    return { packages: await closureOf(archive, suites, options), used: suites };
  } catch (thrown) {
    const missing = ['download_failed', 'hash_mismatch', 'package_missing'].includes(
      toEngineError(thrown).code,
    );
    if (!missing) throw thrown;
    const release = suites.slice(0, 1);
    return { packages: await closureOf(archive, release, options), used: release };
  }
}

async function closureOf(
  archive: DebianArchive,
  suites: readonly Suite[],
  { arch, wanted, signal }: PackagesOptions,
): Promise<DebianPackage[]> {
  const architecture = debianArchitectures[arch];
  if (architecture === undefined) {
    throw new EngineError({
      code: 'package_missing',
      message: `Debian 13 has no packages for ${arch}.`,
      hint: `It has them for ${Object.keys(debianArchitectures).join(', ')}.`,
    });
  }
  using index = await archive.index({ suites, architecture, maxAgeMs: listsMaxAgeMs, signal });
  return dependencyClosure({ index, packages: [...basePackages, ...wanted], without: new Set() });
}
