import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { EngineError } from '../../engine/base/engine-error.ts';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, parseLineCount, type VmOptions, vmOption } from '../arguments.ts';
import { print, printJson } from '../output.ts';
import { printable } from '../printable.ts';
import { withRunningEngine } from '../with-engine.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description("the newest lines of a VM's console")
    .addOption(vmOption())
    .addOption(jsonOption())
    .option('-n, --lines <count>', 'how many', parseLineCount, 200)
    .action(async ({ vm, json, lines: count }: VmOptions & { lines: number }) => {
      const lines = await withRunningEngine((engine) =>
        // Without an engine the file is read here: starting one could boot the VM, which begins a new console.
        engine ? engine.calls.vm.console({ vm, lines: count }) : lastLines(vm, count),
      );
      if (json) printJson(lines);
      else for (const line of lines) print(printable(line));
    });
}

async function lastLines(vm: string, count: number): Promise<string[]> {
  const path = pathsUnder(homeFromEnvironment()).vm(vm).console;
  const text = await readFile(path, 'utf8').catch((thrown) => {
    throw new EngineError({
      code: 'unknown_vm',
      message: `VM "${vm}" has written no console yet.`,
      hint: `"foredeck start" starts it; its console is ${path}.`,
      cause: thrown,
    });
  });
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .slice(-count);
}
