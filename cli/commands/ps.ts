import type { Command } from 'commander';
import type { Process } from '../../contract/process-tree.ts';
import type { Container } from '../../contract/records.ts';
import type { State } from '../../contract/state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { jsonOption, vmOption } from '../arguments.ts';
import { note, print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { readState, withEngine } from '../with-engine.ts';

export function addPsCommand(program: Command): void {
  program
    .command('ps')
    .description('containers with their architecture, emulator and processes')
    .addOption(vmOption().default(undefined, 'all of them'))
    .addOption(jsonOption())
    .action(({ vm, json }: { vm?: string; json: boolean }) =>
      withEngine(async (engine) => {
        const state = await readState(engine);
        const containers = Object.values(state.containers)
          .filter((container) => vm === undefined || container.vm === vm)
          .sort((a, b) => b.createdAt - a.createdAt);
        const processes = await sampleProcesses(engine, state, containers);
        const rows = containers.map((container) => rowOf(container, processes.get(container.id) ?? []));
        if (json) printJson(rows);
        else printRows(rows, state, vm);
      }),
    );
}

type Row = ReturnType<typeof rowOf>;

function rowOf(container: Container, processes: readonly Process[]) {
  return {
    vm: container.vm,
    id: container.id,
    name: container.name,
    image: container.image,
    command: container.command,
    state: container.state,
    status: container.status,
    arch: container.arch,
    /** Null while nobody knows, as before the first run. */
    emulated: container.execution === 'unknown' ? null : container.execution !== 'native',
    execution: container.execution,
    emulator: container.emulator,
    stale: container.stale,
    ports: container.ports,
    processes,
  };
}

/** Processes of running containers by container, one look at each VM's /proc. A VM that is away has none. */
async function sampleProcesses(
  engine: EngineClient,
  state: State,
  containers: readonly Container[],
): Promise<Map<string, Process[]>> {
  const live = containers.filter((container) => container.state === 'running' && !container.stale);
  const vms = [...new Set(live.map((container) => container.vm))].filter((name) =>
    ['running', 'degraded'].includes(state.vms[name]?.state ?? ''),
  );
  const samples = await Promise.all(vms.map((vm) => engine.calls.processes.sample({ vm, container: null })));
  const byContainer = new Map<string, Process[]>();
  for (const process of samples.flatMap((sample) => sample.processes)) {
    if (process.containerId === null) continue;
    const known = byContainer.get(process.containerId);
    if (known) known.push(process);
    else byContainer.set(process.containerId, [process]);
  }
  return byContainer;
}

function printRows(rows: readonly Row[], state: State, vm: string | undefined): void {
  const away = Object.values(state.vms).filter(
    (known) => (vm === undefined || known.name === vm) && known.state !== 'running',
  );
  for (const known of away) note(`VM ${known.name} is ${known.state}.`);
  printTable(
    ['ID', 'NAME', 'IMAGE', 'STATUS', 'ARCH', 'EMULATOR'],
    rows.map((row) => [
      row.id.slice(0, 12),
      row.name,
      row.image,
      row.stale ? `${row.status} (stale)` : row.status,
      row.arch ?? '?',
      row.emulator ?? (row.emulated === false ? 'native' : ''),
    ]),
  );
  for (const row of rows) {
    if (row.processes.length === 0) continue;
    print('');
    print(`${printable(row.name)}:`);
    printTree(row.processes);
  }
}

/** Parents stand before their children in a sample, so depths build up in one pass. */
function printTree(processes: readonly Process[]): void {
  const depths = new Map<number, number>();
  for (const process of processes) {
    const depth = (depths.get(process.ppid) ?? -1) + 1;
    depths.set(process.pid, depth);
    const how = process.execution === 'emulated' ? `${process.arch} by ${process.emulator}` : process.arch;
    const command = process.argv.length > 0 ? process.argv.join(' ') : `[${process.comm}]`;
    print(`${String(process.pid).padStart(7)} ${'  '.repeat(depth)}${printable(command)}  (${how})`);
  }
}
