import type { Command } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import { jsonOption, parseArch, vmOption } from '../arguments.ts';
import { platformRows, printForecast } from '../forecast-words.ts';
import { print, printJson, printTable } from '../output.ts';
import { withEngine } from '../with-engine.ts';

export function addPlatformsCommand(program: Command): void {
  program
    .command('platforms')
    .description('the platforms of an image, and how each would run')
    .argument('<image>', 'an image in the VM or at its registry, such as alpine:3.20')
    .option('--arch <arch>', 'what would be started; the one that runs best unless said', parseArch)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((image: string, options: { vm: string; json: boolean; arch?: Arch }) =>
      withEngine(async (engine) => {
        const { vm, json, arch } = options;
        const forecast = await engine.calls.dockerImage.forecast({ vm, image, arch: arch ?? null });
        if (json) {
          printJson(forecast);
          return;
        }
        if (forecast.platforms) {
          printTable(['PLATFORM', 'RUNS', 'IN THE VM', 'SIZE', 'DIGEST'], platformRows(forecast.platforms));
          print('');
        }
        printForecast(forecast, print);
      }),
    );
}
