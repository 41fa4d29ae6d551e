import type { Arch } from '../../contract/arch.ts';
import { type Process, runsProgram } from '../../contract/process-tree.ts';
import type { Execution } from '../../contract/records.ts';
import { versionInPath } from '../emulation/emulator-binary.ts';

/** How one container's processes run, as a row of containers shows it. */
export interface ContainerExecution {
  readonly execution: Execution;
  /** Binary and version, `qemu-aarch64 10.0.13`; null when nothing is emulated. */
  readonly emulator: string | null;
  /** Of the oldest process; null when there is none. */
  readonly arch: Arch | null;
}

const unknown: ContainerExecution = { execution: 'unknown', emulator: null, arch: null };

/** For each container: native, emulated, or both when it has processes of either kind. */
export function containerExecutions(
  processes: readonly Process[],
  containerIds: readonly string[],
): Map<string, ContainerExecution> {
  const byContainer = Map.groupBy(
    processes.filter((process) => process.containerId !== null && runsProgram(process)),
    (process) => process.containerId,
  );
  return new Map(containerIds.map((id) => [id, executionOf(byContainer.get(id) ?? [])]));
}

function executionOf(processes: readonly Process[]): ContainerExecution {
  const oldest = processes.reduce<Process | undefined>(
    (found, process) => (found && found.startedAt <= process.startedAt ? found : process),
    undefined,
  );
  if (!oldest) return unknown;
  const emulated = processes.find((process) => process.execution === 'emulated');
  const native = processes.some((process) => process.execution === 'native');
  return {
    execution: emulated ? (native ? 'mixed' : 'emulated') : 'native',
    emulator: emulated ? emulatorWords(emulated) : null,
    arch: oldest.arch,
  };
}

function emulatorWords(process: Process): string {
  const version = versionInPath(process.rawArgv[0] ?? '');
  return [process.emulator, version].filter((word) => word !== null).join(' ');
}
