import type { Command } from 'commander';
import type { Vm } from '../../contract/records.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { EngineInfo } from '../../engine/client/connect-engine.ts';
import { jsonOption, vmOption } from '../arguments.ts';
import { formatBytes, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';
import { savedStateLines } from '../vm-lines.ts';
import { readState, withRunningEngine } from '../with-engine.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs; starts nothing')
    .addOption(vmOption().default(undefined, 'all of them'))
    .addOption(jsonOption())
    .action(async ({ vm, json }: { vm?: string; json: boolean }) =>
      withRunningEngine(async (engine) => {
        if (!engine) {
          if (json) printJson({ engine: null, host: null, vms: [] });
          else print('not running');
          return;
        }
        const state = await readState(engine);
        const vms = Object.values(state.vms).filter((known) => vm === undefined || known.name === vm);
        if (vm !== undefined && vms.length === 0) throw unknownVm(vm, Object.keys(state.vms));
        if (json) {
          const { protocol, startedAt } = engine.info;
          printJson({
            engine: { pid: state.host.enginePid, version: state.host.engineVersion, protocol, startedAt },
            host: state.host,
            vms,
            handlers: Object.values(state.handlers),
            jobs: Object.values(state.jobs),
            settings: state.settings,
          });
          return;
        }
        printEngine(engine.info);
        for (const known of vms) printVm(known);
        const on = Object.values(state.handlers).filter((handler) => handler.state === 'on');
        if (on.length > 0) print(`emulated   ${on.map((handler) => handler.arch).join(', ')}`);
      }),
    );
}

function printEngine({ host, startedAt }: EngineInfo): void {
  print(
    `engine     ${host.engineVersion}, pid ${host.enginePid}, since ${new Date(startedAt).toISOString()}`,
  );
  print(`home       ${host.home}`);
}

function printVm(vm: Vm): void {
  const accelerator = vm.accelerator === null ? '' : `, ${vm.accelerator}`;
  print(
    `vm         ${vm.name}: ${vm.state} (${vm.arch}${accelerator}, ${vm.cpus} CPUs, ${formatBytes(vm.memoryBytes)})`,
  );
  const why = vm.acceleratorTrials.filter((trial) => !trial.works && trial.accelerator !== vm.accelerator);
  for (const trial of why) print(`           no ${trial.accelerator}: ${printable(trial.why)}`);
  if (vm.endpoints.dockerReady) {
    print(
      `docker     ${vm.dockerVersion ?? ''} at unix://${vm.endpoints.dockerSocket}, context ${vm.endpoints.dockerContext}`,
    );
  }
  if (vm.savedState) for (const line of savedStateLines(vm.savedState)) print(line);
  if (vm.error) print(`problem    ${printable(vm.error.message)} ${printable(vm.error.hint)}`);
}

function unknownVm(vm: string, known: readonly string[]): EngineError {
  return new EngineError({
    code: 'unknown_vm',
    message: `There is no VM "${vm}".`,
    hint: known.length > 0 ? `VMs here: ${known.join(', ')}.` : '"foredeck start" makes the first.',
  });
}
