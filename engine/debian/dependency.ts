import { compareVersions } from './version.ts';

export type VersionOperator = '<<' | '<=' | '=' | '>=' | '>>';

/** One name in a dependency field, with the version it asks for. */
export interface Relation {
  readonly name: string;
  readonly constraint: { readonly operator: VersionOperator; readonly version: string } | null;
}

/** Alternatives, the packager's favourite first: one of them is enough. */
export type Clause = readonly Relation[];

const relationPattern =
  /^(?<name>[a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\((?<operator><<|<=|=|>=|>>|<|>)\s*(?<version>[^\s)]+)\s*\))?/;

/** Parses `Depends`, `Pre-Depends` or `Provides`. Source: Debian Policy 7.1. */
export function parseDependencies(field: string): Clause[] {
  return field
    .split(',')
    .map((clause) =>
      clause
        .split('|')
        .map((relation) => parseRelation(relation.trim()))
        .filter((relation) => relation !== null),
    )
    .filter((clause) => clause.length > 0);
}

function parseRelation(text: string): Relation | null {
  const groups = relationPattern.exec(text)?.groups;
  if (!groups?.name) return null;
  const { name, operator, version } = groups;
  if (!operator || !version) return { name, constraint: null };
  return { name, constraint: { operator: modernOperator(operator), version } };
}

/** `<` and `>` are the old spellings of `<=` and `>=`. */
function modernOperator(text: string): VersionOperator {
  if (text === '<') return '<=';
  if (text === '>') return '>=';
  return text as VersionOperator;
}

/** Whether `version` is one that `relation` accepts. */
export function accepts(relation: Relation, version: string): boolean {
  if (!relation.constraint) return true;
  const order = compareVersions(version, relation.constraint.version);
  switch (relation.constraint.operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}

/** A relation as the field has it, for messages. */
export function relationText(relation: Relation): string {
  if (!relation.constraint) return relation.name;
  return `${relation.name} (${relation.constraint.operator} ${relation.constraint.version})`;
}
