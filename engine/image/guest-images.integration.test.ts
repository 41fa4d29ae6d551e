import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { pathsUnder } from '../paths.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { createGuestImages } from './guest-images.ts';
import { Manifest } from './manifest.ts';
import { TemplateSource } from './template-source.ts';

const root = join(import.meta.dirname, '../..');
const signal = new AbortController().signal;

/** Issue 2: a root image of at most this size. */
const maxRootBytes = 250_000_000;

it('composes the shipped template for another architecture than the host’s, from the real archive', async () => {
  await withTempFolder(async (home) => {
    const paths = pathsUnder(home);
    const source = new TemplateSource({
      paths,
      log: silentLog,
      templateFolder: join(root, 'vm-templates/debian-13'),
      keyringPath: join(root, 'resources/debian-archive-keyring/debian-archive-keyring.gpg'),
      mirrorSetting: () => process.env.FOREDECK_MIRROR ?? null,
    });
    const images = createGuestImages({ source, jobs: new Jobs(new Store(emptyState())) });
    const arch = process.arch === 'arm64' ? 'amd64' : 'arm64';
    const image = await images.ensure({ arch, signal });

    expect(image.record.rootBytes).toBeLessThanOrEqual(maxRootBytes);
    const manifest = Manifest.parse(
      JSON.parse(await readFile(join(image.rootPath, '../manifest.json'), 'utf8')),
    );
    expect(manifest.conflicts).toEqual([]);
    const program = join(home, 'dockerd');
    execFileSync('sh', ['-c', 'unsquashfs -cat "$1" usr/sbin/dockerd >"$2"', 'sh', image.rootPath, program]);
    // e_machine of the ELF header (elf(5)): 183 is AArch64, 62 is x86-64.
    expect((await readFile(program)).readUInt16LE(18)).toBe(arch === 'arm64' ? 183 : 62);

    const offline = new TemplateSource({
      paths,
      log: silentLog,
      templateFolder: join(root, 'vm-templates/debian-13'),
      keyringPath: '/nonexistent',
      mirrorSetting: () => null,
    });
    const again = createGuestImages({ source: offline, jobs: new Jobs(new Store(emptyState())) });
    expect((await again.ensure({ arch, signal })).record).toEqual(image.record);
  });
});
