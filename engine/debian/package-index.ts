import { EngineError } from '../base/engine-error.ts';
import { parseStanza } from './control-file.ts';
import { accepts, type Clause, parseDependencies, type Relation } from './dependency.ts';
import type { PackageList } from './package-list.ts';
import { compareVersions } from './version.ts';

/** `debian` and `debian-security` are two archives, with mirrors of their own. */
export type ArchiveName = 'debian' | 'debian-security';

/** What the signed index says about one package. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly archive: ArchiveName;
  /** Path below the archive's base URL. */
  readonly filename: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly depends: readonly Clause[];
  readonly provides: readonly Relation[];
}

/** One `Packages` file, and the archive its `Filename` fields are relative to. */
export interface IndexedList {
  readonly archive: ArchiveName;
  readonly list: PackageList;
}

/**
 * All packages of some suites for one architecture; they are parsed when asked for. To be closed as soon as the packages
 * have been chosen: it holds tens of megabytes.
 */
export class PackageIndex implements Disposable {
  readonly #lists: readonly IndexedList[];
  readonly #parsed = new Map<string, readonly DebianPackage[]>();

  constructor(lists: readonly IndexedList[]) {
    this.#lists = lists;
  }

  [Symbol.dispose](): void {
    for (const { list } of this.#lists) list.close();
  }

  /** Every version of a package, newest first. */
  versions(name: string): readonly DebianPackage[] {
    const known = this.#parsed.get(name);
    if (known) return known;
    const packages = this.#lists
      .flatMap(({ archive, list }) => list.named(name).map((stanza) => parsePackage(archive, stanza)))
      .filter((item) => item.name === name)
      .sort((a, b) => compareVersions(b.version, a.version));
    this.#parsed.set(name, packages);
    return packages;
  }

  /** The newest version. Throws `package_missing`. */
  newest(name: string): DebianPackage {
    const found = this.versions(name)[0];
    if (found) return found;
    throw new EngineError({
      code: 'package_missing',
      message: `Debian's package lists have no package "${name}".`,
      hint: 'Check its spelling in the template, and that the template lists the suite and component it is in.',
    });
  }

  /** Packages which satisfy `relation`: those of that name, newest first, then those which provide it. */
  candidates(relation: Relation): DebianPackage[] {
    const real = this.versions(relation.name).filter((item) => accepts(relation, item.version));
    const providers = this.#lists
      .flatMap(({ list }) => list.providing(relation.name))
      .map((stanza) => parseStanza(stanza).get('package') ?? '');
    const virtual = [...new Set(providers)]
      .sort()
      .flatMap((name) => this.versions(name).slice(0, 1))
      .filter((item) => provides(item, relation));
    return [...real, ...virtual];
  }
}

/** Whether a package stands in for `relation`; an unversioned `Provides` never satisfies a versioned relation (Policy 7.5). */
export function provides(item: DebianPackage, relation: Relation): boolean {
  return item.provides.some(
    (provided) =>
      provided.name === relation.name &&
      (relation.constraint === null ||
        (provided.constraint !== null && accepts(relation, provided.constraint.version))),
  );
}

function parsePackage(archive: ArchiveName, stanza: string): DebianPackage {
  const fields = parseStanza(stanza);
  const required = (name: string): string => {
    const value = fields.get(name);
    if (value) return value;
    throw new EngineError({
      code: 'package_corrupt',
      message: `The package list of ${archive} has an entry "${fields.get('package')}" without "${name}".`,
      hint: 'Try another mirror (setting "mirror", or FOREDECK_MIRROR).',
    });
  };
  const depends = [fields.get('pre-depends'), fields.get('depends')].filter((field) => field !== undefined);
  return {
    name: required('package'),
    version: required('version'),
    archive,
    filename: required('filename'),
    sizeBytes: Number(required('size')),
    sha256: required('sha256'),
    depends: depends.flatMap(parseDependencies),
    provides: parseDependencies(fields.get('provides') ?? '').flat(),
  };
}
