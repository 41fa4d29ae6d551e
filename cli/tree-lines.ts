import type { Arch } from '../contract/arch.ts';
import {
  type EmulationTax,
  isNativeChild,
  type Process,
  type ProcessSample,
} from '../contract/process-tree.ts';
import type { Container } from '../contract/records.ts';
import type { State } from '../contract/state.ts';
import { formatBytes, tableLines } from './output.ts';
import { printable } from './printable.ts';
import { treeBranches } from './tree-branches.ts';

const shortIdLength = 12;

/** What a process's words depend on besides itself. */
export interface TreeContext {
  readonly containers: State['containers'];
  /** What the VM runs without an emulator. */
  readonly nativeArches: readonly Arch[];
}

export function treeContext(state: State, vm: string): TreeContext {
  const handlers = Object.values(state.handlers).filter((handler) => handler.vm === vm);
  return {
    containers: state.containers,
    nativeArches: handlers.filter(({ state }) => state === 'native').map(({ arch }) => arch),
  };
}

/** The sample as the contract has it, for `--json`; each process says besides whether it runs natively in a foreign container. */
export function treeDocument(sample: ProcessSample, context: TreeContext) {
  const processes = sample.processes.map((process) => ({
    ...process,
    nativeChild: isStranger(process, context),
  }));
  return { ...sample, processes };
}

/** A block for each container, what emulation costs it in its head, and the VM itself last. */
export function treeLines(sample: ProcessSample, context: TreeContext, raw: boolean): string[] {
  const groups = Map.groupBy(sample.processes, (process) => process.containerId);
  const ids = [...groups.keys()].sort((a, b) => Number(a === null) - Number(b === null));
  return ids.flatMap((id, index) => {
    const tax = sample.taxes.find(({ containerId }) => containerId === id);
    const head = headOf(id, context.containers[id ?? ''], id === null ? undefined : tax);
    return [...(index > 0 ? [''] : []), head, ...processLines(groups.get(id) ?? [], context, raw)];
  });
}

function headOf(id: string | null, container: Container | undefined, tax: EmulationTax | undefined): string {
  if (id === null) return 'The VM itself';
  const name = printable(container?.name ?? id.slice(0, shortIdLength));
  const how = container?.arch ? ` (${container.arch})` : '';
  return [`${name}${how}`, ...(tax ? taxWords(tax) : [])].join(', ');
}

function taxWords(tax: EmulationTax): string[] {
  if (tax.emulated === 0) return [];
  return [
    ...(tax.cpuMs > 0
      ? [`${Math.floor((tax.emulatedCpuMs / tax.cpuMs) * 100)} % of its CPU time is emulated`]
      : []),
    ...(tax.extraRssBytes === null ? [] : [`${formatBytes(tax.extraRssBytes)} more memory for the emulator`]),
  ];
}

function processLines(processes: readonly Process[], context: TreeContext, raw: boolean): string[] {
  const branches = treeBranches(processes);
  return tableLines(
    ['    PID', 'STAT', 'CPU TIME', '  MEMORY', 'ARCH', 'COMMAND'],
    processes.map((process) => [
      String(process.pid).padStart(7),
      process.state,
      cpuTime(process.cpuMs).padStart(8),
      formatBytes(process.rssBytes).padStart(8),
      badgeOf(process, context),
      `${branches.get(process.pid) ?? ''}${commandOf(process, raw)}`,
    ]),
  );
}

function badgeOf(process: Process, context: TreeContext): string {
  if (process.state === 'Z') return 'ended';
  if (process.execution === 'emulated') return `${process.arch} emulated`;
  return isStranger(process, context) ? `${process.arch} native here` : process.arch;
}

function isStranger(process: Process, { containers, nativeArches }: TreeContext): boolean {
  return isNativeChild(process, containers[process.containerId ?? '']?.arch ?? null, nativeArches);
}

function commandOf(process: Process, raw: boolean): string {
  const argv = raw ? process.rawArgv : process.argv;
  return argv.length > 0 ? argv.join(' ') : `[${process.comm}]`;
}

/** `1:05.23`, minutes and seconds, as ps has it. */
function cpuTime(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${minutes}:${((ms % 60_000) / 1_000).toFixed(2).padStart(5, '0')}`;
}
