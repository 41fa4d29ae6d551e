import { EngineError } from '../base/engine-error.ts';
import { parseStanza } from './control-file.ts';
import { accepts, type Clause, parseDependencies, type Relation } from './dependency.ts';
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

/** The text of one `Packages` file, and the archive its `Filename` fields are relative to. */
export interface IndexText {
  readonly archive: ArchiveName;
  readonly text: string;
}

interface Slice extends IndexText {
  readonly start: number;
  readonly end: number;
}

/**
 * All packages of some suites for one architecture. A main index has 70,000 stanzas of which an image needs a hundred,
 * so opening one only finds where stanzas begin; they are parsed when asked for.
 */
export class PackageIndex {
  readonly #slices = new Map<string, Slice[]>();
  readonly #providers = new Map<string, Set<string>>();
  readonly #parsed = new Map<string, readonly DebianPackage[]>();

  constructor(texts: readonly IndexText[]) {
    for (const text of texts) this.#scan(text);
  }

  /** Every version of a package, newest first. */
  versions(name: string): readonly DebianPackage[] {
    const known = this.#parsed.get(name);
    if (known) return known;
    const packages = (this.#slices.get(name) ?? [])
      .map(parsePackage)
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
    const providers = [...(this.#providers.get(relation.name) ?? [])].sort();
    const virtual = providers
      .flatMap((name) => this.versions(name).slice(0, 1))
      .filter((item) => provides(item, relation));
    return [...real, ...virtual];
  }

  #scan({ archive, text }: IndexText): void {
    let start = 0;
    while (start < text.length) {
      const blank = text.indexOf('\n\n', start);
      const end = blank < 0 ? text.length : blank;
      const name = fieldAt(text, start, end, 'Package: ');
      if (name) {
        const slices = this.#slices.get(name);
        const slice: Slice = { archive, text, start, end };
        if (slices) slices.push(slice);
        else this.#slices.set(name, [slice]);
      }
      start = end + 2;
    }
    for (const match of text.matchAll(/^Provides: (.*)$/gm)) {
      const stanzaStart = text.lastIndexOf('\n\n', match.index) + 2;
      const provider = fieldAt(text, stanzaStart < 2 ? 0 : stanzaStart, match.index, 'Package: ');
      if (!provider) continue;
      for (const [relation] of parseDependencies(match[1] ?? '')) {
        if (!relation) continue;
        const providers = this.#providers.get(relation.name);
        if (providers) providers.add(provider);
        else this.#providers.set(relation.name, new Set([provider]));
      }
    }
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

/** The value of a field which begins the stanza or a line of it. */
function fieldAt(text: string, start: number, end: number, prefix: string): string | undefined {
  let at = start;
  if (!text.startsWith(prefix, start)) {
    const found = text.indexOf(`\n${prefix}`, start);
    if (found < 0 || found >= end) return undefined;
    at = found + 1;
  }
  const lineEnd = text.indexOf('\n', at);
  return text.slice(at + prefix.length, lineEnd < 0 ? text.length : lineEnd).trim();
}

function parsePackage(slice: Slice): DebianPackage {
  const fields = parseStanza(slice.text.slice(slice.start, slice.end));
  const required = (name: string): string => {
    const value = fields.get(name);
    if (value) return value;
    throw new EngineError({
      code: 'package_corrupt',
      message: `The package list of ${slice.archive} has an entry "${fields.get('package')}" without "${name}".`,
      hint: 'Try another mirror (setting "mirror", or FOREDECK_MIRROR).',
    });
  };
  const depends = [fields.get('pre-depends'), fields.get('depends')].filter((field) => field !== undefined);
  return {
    name: required('package'),
    version: required('version'),
    archive: slice.archive,
    filename: required('filename'),
    sizeBytes: Number(required('size')),
    sha256: required('sha256'),
    depends: depends.flatMap(parseDependencies),
    provides: parseDependencies(fields.get('provides') ?? '').flat(),
  };
}
