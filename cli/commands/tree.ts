import type { Command } from 'commander';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { findContainer } from '../find-container.ts';
import { note, print, printJson } from '../output.ts';
import { treeContext, treeDocument, treeLines } from '../tree-lines.ts';
import { readState, withEngine } from '../with-engine.ts';

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
        const context = treeContext(state, vm);
        if (json) {
          printJson({ vm, ...treeDocument(sample, context) });
          return;
        }
        for (const line of treeLines(sample, context, raw)) print(line);
        if (sample.processes.length === 0) note('No processes.');
        if (sample.omitted > 0) note(`${sample.omitted} more processes are not shown.`);
      }),
    );
}
