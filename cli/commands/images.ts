import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import type { DockerImage } from '../../contract/docker-images.ts';
import { jsonOption, parseArch, type VmOptions, vmOption } from '../arguments.ts';
import { cancelImageJobs } from '../cancel-image-jobs.ts';
import { formatBytes, print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

type ArchOptions = VmOptions & { readonly arch: Arch };

/** `images`, `pull` and `import`: Docker's images in a VM with their platforms. */
export function addImagesCommands(program: Command): void {
  program
    .command('images')
    .description("Docker's images with all their platforms")
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(({ vm, json }: VmOptions) =>
      withEngine(async (engine) => {
        const images = await engine.calls.dockerImage.list({ vm });
        if (json) printJson(images);
        else printImages(images);
      }),
    );
  program
    .command('pull')
    .description('pull an image for an architecture of your choice')
    .argument('<image>', 'a reference as Docker writes it, such as alpine:3.20')
    .requiredOption('--arch <arch>', 'the architecture', parseArch)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((image: string, { vm, json, arch }: ArchOptions) =>
      withEngine(async (engine) => {
        const cancel = cancelImageJobs(engine);
        const pulled = await withProgress(engine, { cancel }, () =>
          engine.calls.dockerImage.pull({ vm, image, arch }),
        );
        if (json) printJson(pulled);
        else printImages([pulled]);
      }),
    );
  program
    .command('import')
    .description('make an image out of a root filesystem in a tar archive')
    .argument('<file>', 'the archive, plain or compressed', (file) => resolve(file))
    .argument('<image>', 'the new image, such as mine:1.0')
    .requiredOption('--arch <arch>', 'the architecture of its programs', parseArch)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action((path: string, image: string, { vm, json, arch }: ArchOptions) =>
      withEngine(async (engine) => {
        const cancel = cancelImageJobs(engine);
        const made = await withProgress(engine, { cancel }, () =>
          engine.calls.dockerImage.import({ vm, path, image, arch }),
        );
        if (json) printJson(made);
        else printImages([made]);
      }),
    );
}

const shortIdLength = 'sha256:'.length + 12;

function printImages(images: readonly DockerImage[]): void {
  const rows = images.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)).flatMap(rowsOf);
  printTable(['IMAGE', 'ID', 'PLATFORM', 'RUNS', 'SIZE'], rows);
  if (rows.length === 0) print('No images in this VM.');
}

/** A line for each platform; the image stands on the first. */
function rowsOf({ tags, id, platforms }: DockerImage): string[][] {
  const first = [tags.map(printable).join(', ') || '<none>', id.slice('sha256:'.length, shortIdLength)];
  if (platforms.length === 0) return [[...first, 'unknown', '', '']];
  return platforms.map(({ platform, execution, present, sizeBytes }, index) => [
    ...(index === 0 ? first : ['', '']),
    platform,
    execution,
    present ? formatBytes(sizeBytes) : 'not pulled',
  ]);
}
