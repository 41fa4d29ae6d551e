import type { KernelModule } from './kernel-modules.ts';
import { buildModuleIndex, type IndexEntry } from './module-index.ts';

/**
 * The files depmod(8) would write for these modules, by name below `usr/lib/modules/<release>/`: they lie in the image
 * from the start, since no maintainer script runs and the root is read-only.
 */
export function moduleLists(
  modules: readonly KernelModule[],
  builtIn: ReadonlySet<string>,
): ReadonlyMap<string, Buffer> {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const dependencies = modules.map((module) => {
    const needed = transitive(module, byName).map((item) => item.path);
    return { key: module.name, value: `${module.path}:${needed.map((path) => ` ${path}`).join('')}` };
  });
  const aliases = modules.flatMap((module) =>
    module.aliases.map((alias) => ({ key: normalisedAlias(alias), value: module.name })),
  );
  const softDependencies = modules.flatMap((module) =>
    module.softDependencies.map((text) => `softdep ${module.name} ${text}\n`),
  );
  const lines = (entries: readonly IndexEntry[], line: (entry: IndexEntry) => string): Buffer =>
    Buffer.from(entries.map((entry) => `${line(entry)}\n`).join(''));
  return new Map([
    ['modules.dep', lines(dependencies, (entry) => entry.value)],
    ['modules.dep.bin', buildModuleIndex(dependencies)],
    ['modules.alias', lines(aliases, (entry) => `alias ${entry.key} ${entry.value}`)],
    ['modules.alias.bin', buildModuleIndex(aliases)],
    ['modules.softdep', Buffer.from(softDependencies.join(''))],
    ['modules.builtin.bin', buildModuleIndex([...builtIn].sort().map((name) => ({ key: name, value: '' })))],
    ['modules.symbols', Buffer.alloc(0)],
    ['modules.symbols.bin', buildModuleIndex([])],
  ]);
}

/** What must be inserted before `module`, the last to be inserted first, as modules.dep has it. */
function transitive(module: KernelModule, byName: ReadonlyMap<string, KernelModule>): KernelModule[] {
  const order = new Set<KernelModule>();
  const visit = (item: KernelModule): void => {
    for (const name of item.depends) {
      const needed = byName.get(name);
      if (!needed || order.has(needed)) continue;
      visit(needed);
      order.add(needed);
    }
  };
  visit(module);
  return [...order].toReversed();
}

/** Dashes are underscores in module names; inside a bracket they mean a range. */
function normalisedAlias(alias: string): string {
  return alias.replace(/\[[^\]]*\]|-/g, (found) => (found === '-' ? '_' : found));
}
