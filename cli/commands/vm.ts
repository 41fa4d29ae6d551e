import { access } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { note, print, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { discardedLine, restingLine } from '../vm-lines.ts';
import { readState, withEngine, withRunningEngine } from '../with-engine.ts';

interface StartOptions extends VmOptions {
  readonly discardState: boolean;
}

interface StopOptions extends VmOptions {
  readonly suspend?: true;
  readonly shutDown?: true;
}

export function addVmCommands(program: Command): void {
  program
    .command('start')
    .description('start or resume a VM; resolves when Docker answers')
    .option(
      '--discard-state',
      'boot without the saved memory of a suspended VM: what ran in it is lost, its disk stays',
      false,
    )
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((options: StartOptions) => withEngine((engine) => startAndReport(engine, options)));
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
    .description('stop a VM in order: suspended or shut down, as the settings say')
    .addOption(
      new Option('--suspend', 'keep its memory in a file: containers go on where they stopped').conflicts(
        'shutDown',
      ),
    )
    .option('--shut-down', 'stop containers and power off')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((options: StopOptions) => stop(options));
}

/** Starts a VM with its stages on standard error; an interrupt stops it again. */
export async function start(
  engine: EngineClient,
  vm: string,
  { discardState }: { discardState: boolean } = { discardState: false },
): Promise<Vm> {
  return await withProgress(engine, { cancel: () => engine.calls.vm.stop({ vm }) }, () =>
    engine.calls.vm.start({ vm, discardState }),
  );
}

async function startAndReport(engine: EngineClient, options: StartOptions): Promise<void> {
  const { vm, json, discardState } = options;
  const before = discardState ? (await readState(engine)).vms[vm]?.savedState : null;
  const started = await start(engine, vm, { discardState });
  if (before && !json) print(discardedLine(before));
  report(started, { json });
}

async function stop({ vm, json, suspend, shutDown }: StopOptions): Promise<void> {
  const by: StopBy | undefined = suspend ? 'suspend' : shutDown ? 'shut-down' : undefined;
  const stopWith = async (engine: EngineClient): Promise<void> => {
    const { vms, settings } = await readState(engine);
    const call = () => engine.calls.vm.stop(by === undefined ? { vm } : { vm, by });
    const stopped = await withProgress(engine, {}, call);
    if (
      vms[vm]?.state === 'degraded' &&
      stopped.state === 'stopped' &&
      (by ?? settings.stopBy) === 'suspend'
    ) {
      note(`VM ${vm} was degraded, and only one that is well can be suspended: it was shut down.`);
    }
    report(stopped, { json });
  };
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
    print(restingLine(vm));
    return;
  }
  print(`VM ${vm.name} is running (${vm.arch}, ${vm.accelerator ?? 'unknown accelerator'}).`);
  print(`Docker ${vm.dockerVersion ?? ''} answers at ${vm.endpoints.dockerSocket}`);
  print('Point your Docker CLI there: eval "$(foredeck env)"');
}
