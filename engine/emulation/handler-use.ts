import type { HandlerUse } from '../../contract/emulation.ts';
import type { Process, ProcessSample } from '../../contract/process-tree.ts';
import type { ArchRow } from './arch-table.ts';
import { versionInPath } from './emulator-binary.ts';

/** What of a sample of the whole VM runs under the row's emulator, and what switching that off means for it. */
export function handlerUse(
  row: ArchRow,
  sample: ProcessSample,
  nameOf: (containerId: string) => string,
): HandlerUse {
  const emulated = sample.processes.filter((process) => process.emulator === row.emulator);
  const byContainer = Map.groupBy(emulated, (process) => process.containerId);
  const others = byContainer.get(null) ?? [];
  const containers = [...byContainer]
    .flatMap(([id, processes]) => (id === null ? [] : [{ id, name: nameOf(id), processes }]))
    .map(({ id, name, processes }) => ({
      id,
      name,
      processes: processes.map(shortProcess),
      emulatorVersions: versionsOf(processes),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return {
    at: sample.at,
    containers,
    others: others.map(shortProcess),
    consequences: consequences(row, containers.length, emulated.length),
  };
}

function shortProcess({ pid, argv }: Process): { pid: number; argv: string[] } {
  return { pid, argv };
}

function versionsOf(processes: readonly Process[]): string[] {
  const versions = processes.map(({ rawArgv: [interpreter = ''] }) => versionInPath(interpreter));
  return [...new Set(versions.filter((version) => version !== null))].sort();
}

function consequences(row: ArchRow, containers: number, programs: number): string[] {
  const later = `${row.arch} containers and build steps do not start any more: "exec format error".`;
  if (programs === 0) return [`Nothing runs under ${row.emulator} now.`, later];
  const where = containers === 0 ? '' : containers === 1 ? ' in 1 container' : ` in ${containers} containers`;
  const who = programs === 1 ? `1 program${where} goes` : `${programs} programs${where} go`;
  return [
    `${who} on under ${row.emulator} until ${programs === 1 ? 'it ends' : 'they end'}.`,
    `Whatever ${programs === 1 ? 'it starts' : 'they start'} next fails with "exec format error": commands in shell scripts, "docker exec", health checks.`,
    'A container that restarts fails the same way.',
    later,
  ];
}
