import type { Command } from 'commander';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { print, printJson } from '../output.ts';

export function addEnvCommand(program: Command): void {
  program
    .command('env')
    .description('print what points a Docker CLI at a VM: eval "$(foredeck env)"')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(({ vm, json }: VmOptions) => {
      const host = `unix://${pathsUnder(homeFromEnvironment()).vm(vm).dockerSocket}`;
      if (json) printJson({ DOCKER_HOST: host });
      else print(`export DOCKER_HOST=${shellQuoted(host)}`);
    });
}

function shellQuoted(text: string): string {
  return /^[\w/.:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
