import type { Command } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import {
  type EmulationTax,
  isNativeChild,
  type Process,
  type ProcessSample,
} from '../../contract/process-tree.ts';
import type { Container } from '../../contract/records.ts';
import type { State } from '../../contract/state.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { findContainer } from '../find-container.ts';
import { formatBytes, note, print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { treeBranches } from '../tree-branches.ts';
import { readState, withEngine } from '../with-engine.ts';

const shortIdLength = 12;

interface TreeOptions extends VmOptions {
  readonly raw: boolean;
}

export function addTreeCommand(program: Command): void {
  program
    .command('tree')
    .description('processes of a container or of the whole VM, each with its architecture')
    .argument('[container]', "a container's name, or the beginning of its id; all of the VM otherwise")
    .option('--raw', 'command lines as started, emulator included', false)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((word: string | undefined, { vm, raw, json }: TreeOptions) =>
      withEngine(async (engine) => {
        const state = await readState(engine);
        const container = word === undefined ? null : findContainer(state, vm, word);
        const sample = await engine.calls.processes.sample({ vm, container: container?.id ?? null });
        const context = contextOf(state, vm);
        if (json) printJson({ vm, ...documentOf(sample, context) });
        else printSample(sample, context, raw);
      }),
    );
}

/** What a process's words depend on besides itself. */
interface Context {
  readonly containers: State['containers'];
  /** What the VM runs without an emulator. */
  readonly nativeArches: readonly Arch[];
}

function contextOf(state: State, vm: string): Context {
  const handlers = Object.values(state.handlers).filter((handler) => handler.vm === vm);
  return {
    containers: state.containers,
    nativeArches: handlers.filter(({ state }) => state === 'native').map(({ arch }) => arch),
  };
}

/** The sample as the contract has it; each process says besides whether it runs natively in a foreign container. */
function documentOf(sample: ProcessSample, context: Context) {
  const processes = sample.processes.map((process) => ({
    ...process,
    nativeChild: isStranger(process, context),
  }));
  return { ...sample, processes };
}

function printSample(sample: ProcessSample, context: Context, raw: boolean): void {
  const groups = Map.groupBy(sample.processes, (process) => process.containerId);
  // The VM itself comes last: containers are what one looks for.
  const ids = [...groups.keys()].sort((a, b) => Number(a === null) - Number(b === null));
  for (const id of ids) {
    const tax = sample.taxes.find(({ containerId }) => containerId === id);
    print(headOf(id, context.containers[id ?? ''], id === null ? undefined : tax));
    printProcesses(groups.get(id) ?? [], context, raw);
    print('');
  }
  if (sample.processes.length === 0) note('No processes.');
  if (sample.omitted > 0) note(`${sample.omitted} more processes are not shown.`);
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

function printProcesses(processes: readonly Process[], context: Context, raw: boolean): void {
  const branches = treeBranches(processes);
  printTable(
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

function badgeOf(process: Process, context: Context): string {
  if (process.state === 'Z') return 'ended';
  if (process.execution === 'emulated') return `${process.arch} emulated`;
  return isStranger(process, context) ? `${process.arch} native here` : process.arch;
}

function isStranger(process: Process, { containers, nativeArches }: Context): boolean {
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
