import { readdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, vmOption } from '../arguments.ts';
import { print, printJson } from '../output.ts';
import { type LeftVm, quitEngine } from '../quit-engine.ts';
import { withEngine, withRunningEngine } from '../with-engine.ts';
import { leftRunning } from './vm.ts';

export function addQuitCommand(program: Command): void {
  program
    .command('quit')
    .description('stop every VM in order, suspended or shut down as the settings say, then the engine')
    .addOption(vmOption().hideHelp())
    .addOption(jsonOption())
    .action(({ json }: { json: boolean }) =>
      withRunningEngine(
        async (engine) => {
          let left: LeftVm[] | null = null;
          if (engine) left = await quitEngine(engine);
          // An engine that crashed leaves its VMs running; the next one adopts and stops them.
          else if (await anyLeftRunning()) left = await withEngine(quitEngine);
          if (json) {
            const vms = (left ?? []).map(({ name, state }) => ({ name, state }));
            printJson({ engine: null, wasRunning: left !== null, vms });
            return;
          }
          for (const { line } of left ?? []) print(line);
          print(left ? 'The engine has ended.' : 'not running');
        },
        { anyProtocol: true },
      ),
    );
}

async function anyLeftRunning(): Promise<boolean> {
  const names = await readdir(pathsUnder(homeFromEnvironment()).vms).catch(() => []);
  const left = await Promise.all(names.map(leftRunning));
  return left.includes(true);
}
