import { type Command, InvalidArgumentError } from 'commander';
import { Settings } from '../../contract/records.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { formatBytes, print, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

export function addDiskCommand(program: Command): void {
  const disk = program.command('disk').description("a VM's data disk: give space back, make it larger");
  disk
    .command('reclaim')
    .description('give disk space which the VM does not use back to this computer')
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(({ vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const { beforeBytes, afterBytes } = await withProgress(engine, {}, () =>
          engine.calls.vm.reclaimDisk({ vm }),
        );
        // Something in the VM may have written meanwhile.
        const freedBytes = Math.max(0, beforeBytes - afterBytes);
        if (json) printJson({ beforeBytes, afterBytes, freedBytes });
        else if (freedBytes === 0) {
          print(`There was nothing to give back: the disk takes ${formatBytes(afterBytes)} here.`);
        } else {
          print(
            `${formatBytes(freedBytes)} given back: the disk took ${formatBytes(beforeBytes)} here and takes ${formatBytes(afterBytes)} now.`,
          );
        }
      }),
    );
  disk
    .command('grow')
    .description('make the disk larger, also while the VM runs; it cannot be made smaller again')
    .argument('<gib>', 'its new size in GiB', parseDiskGiB)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((diskGiB: number, { vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const grown = await withProgress(engine, {}, () => engine.calls.vm.growDisk({ vm, diskGiB }));
        if (json) printJson(grown);
        else
          print(`The disk of VM ${grown.name} holds up to ${diskGiB} GiB now; it takes only what is used.`);
      }),
    );
}

function parseDiskGiB(text: string): number {
  const gib = Settings.shape.diskGiB.safeParse(/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN);
  if (gib.success) return gib.data;
  const { minValue, maxValue } = Settings.shape.diskGiB;
  throw new InvalidArgumentError(`A size is a whole number of GiB from ${minValue} to ${maxValue}.`);
}
