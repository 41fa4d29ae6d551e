import type { Command } from 'commander';
import type { HostArch } from '../../contract/arch.ts';
import type { State } from '../../contract/state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { jsonOption, parseHostArch } from '../arguments.ts';
import { formatBytes, print, printJson, printTable } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

export function addImageCommand(program: Command): void {
  const image = program.command('image').description('guest images: what a VM boots from');
  image
    .command('build')
    .description('compose a guest image out of Debian packages')
    .requiredOption('--arch <arch>', 'amd64 or arm64', parseHostArch)
    .addOption(jsonOption())
    .action(({ arch, json }: { arch: HostArch; json: boolean }) =>
      withEngine(async (engine) => {
        const cancel = (state: State) => cancelComposing(engine, state);
        const built = await withProgress(engine, { cancel }, () => engine.calls.image.build({ arch }));
        if (json) printJson(built);
        else print(`${built.id}: ${built.packages} packages, root image ${formatBytes(built.rootBytes)}.`);
      }),
    );
  image
    .command('list')
    .description('composed guest images')
    .addOption(jsonOption())
    .action(({ json }: { json: boolean }) =>
      withEngine(async (engine) => {
        const images = await engine.calls.image.list();
        if (json) printJson(images);
        else {
          printTable(
            ['ID', 'TEMPLATE', 'ARCH', 'MADE', 'PACKAGES', 'ROOT', 'KERNEL'],
            images.map((known) => [
              known.id,
              known.template,
              known.arch,
              new Date(known.createdAt).toISOString(),
              String(known.packages),
              formatBytes(known.rootBytes),
              known.kernelVersion,
            ]),
          );
        }
      }),
    );
}

async function cancelComposing(engine: EngineClient, state: State): Promise<void> {
  const composing = Object.values(state.jobs).filter(
    (job) => job.kind === 'compose-image' && job.state === 'running',
  );
  await Promise.all(composing.map(({ id }) => engine.calls.job.cancel({ id })));
}
