import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../contract/arch.ts';
import { silentLog } from '../base/log.ts';
import { TemplateSource } from '../image/template-source.ts';
import { pathsUnder } from '../paths.ts';
import { busyboxTar } from './busybox-image.ts';

const clone = join(import.meta.dirname, '..', '..');

/** Writes `busybox-<arch>.tar` into `folder`, out of Debian's signed packages by way of the home's cache. */
export async function writeBusyboxTar(options: {
  home: string;
  folder: string;
  arch: Arch;
}): Promise<string> {
  const source = new TemplateSource({
    paths: pathsUnder(options.home),
    log: silentLog,
    templateFolder: join(clone, 'vm-templates', 'debian-13'),
    keyringPath: join(clone, 'resources', 'debian-archive-keyring', 'debian-archive-keyring.gpg'),
    mirrorSetting: () => process.env.FOREDECK_MIRROR ?? null,
  });
  const tar = await busyboxTar({ arch: options.arch, source, signal: new AbortController().signal });
  const path = join(options.folder, `busybox-${options.arch.replace('/', '-')}.tar`);
  await writeFile(path, tar);
  return path;
}
