import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../contract/arch.ts';
import { silentLog } from '../base/log.ts';
import { createPackageFiles } from '../image/package-files.ts';
import { TemplateSource } from '../image/template-source.ts';
import { pathsUnder } from '../paths.ts';

const clone = join(import.meta.dirname, '..', '..');

/** What each package gives; Debian's busybox has no inotifyd. */
const files: Readonly<Record<string, RegExp>> = {
  'inotify-tools': /\/inotifywait$/,
  libinotifytools0: /\/libinotifytools\.so/,
  libc6: /\/(ld-linux[^/]*|libc\.so\.6)$/,
  'busybox-static': /\/busybox$/,
};

/**
 * Writes `watcher-<arch>.tar` into `folder`, a container file system with `inotifywait` and `busybox`, out of Debian's
 * signed packages by way of the home's cache.
 */
export async function writeWatcherTar(options: {
  home: string;
  folder: string;
  arch: Arch;
}): Promise<string> {
  const { home, folder, arch } = options;
  const source = new TemplateSource({
    paths: pathsUnder(home),
    log: silentLog,
    templateFolder: join(clone, 'vm-templates', 'debian-13'),
    keyringPath: join(clone, 'resources', 'debian-archive-keyring', 'debian-archive-keyring.gpg'),
    mirrorSetting: () => process.env.FOREDECK_MIRROR ?? null,
  });
  const packages = createPackageFiles(source);
  const parts: string[] = [];
  for (const [packageName, wanted] of Object.entries(files)) {
    const { signal } = new AbortController();
    const found = await packages.fetch({
      packageName,
      arch,
      key: 'watcher',
      wanted: (path) => wanted.test(`/${path}`),
      signal,
    });
    parts.push('-C', found.folder, 'usr');
  }
  const links = join(folder, `watcher-links-${arch}`);
  await mkdir(links);
  try {
    for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(links, name));
    const path = join(folder, `watcher-${arch}.tar`);
    await execa('tar', ['-cf', path, '-C', links, 'bin', 'lib', 'lib64', ...parts]);
    return path;
  } finally {
    await rm(links, { recursive: true });
  }
}
