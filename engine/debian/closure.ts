import { EngineError } from '../base/engine-error.ts';
import { accepts, type Clause, type Relation, relationText } from './dependency.ts';
import { type DebianPackage, type PackageIndex, provides } from './package-index.ts';

/**
 * The packages asked for and everything they depend on, by name, each in its newest version. Of alternatives, the one
 * already chosen wins, then the first that exists; names in `without` count as present and are never taken.
 * Throws `package_missing`, naming who needs what.
 */
export function dependencyClosure(options: {
  index: PackageIndex;
  packages: readonly string[];
  without: ReadonlySet<string>;
}): DebianPackage[] {
  const { index, without } = options;
  const chosen = new Map<string, DebianPackage>();
  for (const name of options.packages) chosen.set(name, index.newest(name));

  // Packages added while walking are appended to the map and so are walked too.
  for (const item of chosen.values()) {
    for (const clause of item.depends) {
      if (clause.some((relation) => isPresent(relation, chosen, without))) continue;
      const found = firstCandidate(clause, index, chosen);
      if (!found) throw unsatisfied(item, clause, chosen);
      chosen.set(found.name, found);
    }
  }
  return [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isPresent(
  relation: Relation,
  chosen: ReadonlyMap<string, DebianPackage>,
  without: ReadonlySet<string>,
): boolean {
  if (without.has(relation.name)) return true;
  const named = chosen.get(relation.name);
  if (named && accepts(relation, named.version)) return true;
  return [...chosen.values()].some((item) => provides(item, relation));
}

function firstCandidate(
  clause: Clause,
  index: PackageIndex,
  chosen: ReadonlyMap<string, DebianPackage>,
): DebianPackage | undefined {
  return clause
    .flatMap((relation) => index.candidates(relation))
    .find((candidate) => !chosen.has(candidate.name));
}

function unsatisfied(
  item: DebianPackage,
  clause: Clause,
  chosen: ReadonlyMap<string, DebianPackage>,
): EngineError {
  const wanted = clause.map(relationText).join(' or ');
  const taken = clause
    .map((relation) => chosen.get(relation.name))
    .find((candidate) => candidate !== undefined);
  return new EngineError({
    code: 'package_missing',
    message: taken
      ? `Package "${item.name}" ${item.version} needs ${wanted}, but ${taken.name} ${taken.version} was chosen.`
      : `Package "${item.name}" ${item.version} needs ${wanted}, which Debian's package lists do not have.`,
    hint: 'Package lists of different ages do not fit together: try again later, or name another mirror.',
  });
}
