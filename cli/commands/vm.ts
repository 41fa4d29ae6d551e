import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Vm } from '../../contract/records.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { print, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withEngine, withRunningEngine } from '../with-engine.ts';

export function addVmCommands(program: Command): void {
  program
    .command('start')
    .description('start a VM; resolves when Docker answers')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((options: VmOptions) =>
      withEngine(async (engine) => report(await start(engine, options.vm), options)),
    );
  program
    .command('restart')
    .description('stop a VM and start it again')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(({ vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const restart = () => engine.calls.vm.restart({ vm });
        report(await withProgress(engine, { cancel: () => engine.calls.vm.stop({ vm }) }, restart), { json });
      }),
    );
  program
    .command('stop')
    .description('stop a VM in order')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((options: VmOptions) => stop(options));
}

/** Starts a VM with its stages on standard error; an interrupt stops it again. */
export async function start(engine: EngineClient, vm: string): Promise<Vm> {
  return await withProgress(engine, { cancel: () => engine.calls.vm.stop({ vm }) }, () =>
    engine.calls.vm.start({ vm }),
  );
}

async function stop({ vm, json }: VmOptions): Promise<void> {
  const stopWith = async (engine: EngineClient): Promise<void> =>
    report(await withProgress(engine, {}, () => engine.calls.vm.stop({ vm })), { json });
  await withRunningEngine(async (engine) => {
    if (engine) await stopWith(engine);
    // An engine that crashed leaves its VM running; the next one adopts it and can stop it.
    else if (await leftRunning(vm)) await withEngine(stopWith);
    else if (json) printJson({ name: vm, state: 'stopped', engine: null });
    else print('not running');
  });
}

/** Whether an engine which is gone may have left this VM running. */
export async function leftRunning(vm: string): Promise<boolean> {
  return await access(pathsUnder(homeFromEnvironment()).vm(vm).run).then(
    () => true,
    () => false,
  );
}

function report(vm: Vm, { json }: { json: boolean }): void {
  if (json) {
    printJson(vm);
    return;
  }
  if (vm.state !== 'running') {
    print(`VM ${vm.name} is ${vm.state}.`);
    return;
  }
  print(`VM ${vm.name} is running (${vm.arch}, ${vm.accelerator ?? 'unknown accelerator'}).`);
  print(`Docker ${vm.dockerVersion ?? ''} answers at ${vm.endpoints.dockerSocket}`);
  print('Point your Docker CLI there: eval "$(foredeck env)"');
}
