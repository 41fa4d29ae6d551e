import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DebianPackage } from '../engine/debian/package-index.ts';
import { readContent } from '../engine/image/content.ts';
import { makeAr, makeTar, type SmallFile } from '../engine/testing/small-archive.ts';
import { withTempFolder } from '../engine/testing/temp-folder.ts';
import { composeSystem } from './compose-system.ts';

async function writeDeb(path: string, control: string, files: readonly SmallFile[]): Promise<void> {
  const controlTar = await makeTar([
    { name: './', type: 'directory' },
    { name: './control', content: control },
    { name: './postinst', content: '#!/bin/sh\n', mode: 0o755 },
  ]);
  const deb = makeAr([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzipSync(controlTar)],
    ['data.tar.gz', gzipSync(await makeTar(files))],
  ]);
  await writeFile(path, deb);
}

test('a system is complete but for being configured', async () => {
  await withTempFolder(async (folder) => {
    const debPath = join(folder, 'demo.deb');
    await writeDeb(debPath, 'Package: demo\nVersion: 1\nArchitecture: arm64\n', [
      { name: './lib/demo/code', content: 'code' },
      { name: './usr/share/doc/demo/copyright', content: 'words' },
      { name: './usr/share/locale/de/demo.mo', content: 'words' },
    ]);
    const poolFolder = join(folder, 'pool');
    await mkdir(poolFolder);
    const demo: DebianPackage = {
      name: 'demo',
      version: '1',
      archive: 'debian',
      filename: 'demo.deb',
      sizeBytes: 1,
      sha256: '',
      depends: [],
      provides: [],
    };
    const tree = await composeSystem({
      packages: [demo],
      debPaths: [debPath],
      poolFolder,
      sources: ['deb http://mirror.example.org/debian trixie main'],
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });

    const text = async (path: string) => (await readContent(tree.content(path))).toString('utf8');
    expect(await text('usr/lib/demo/code')).toBe('code');
    expect(tree.paths().filter((path) => /^usr\/share\/(?:doc|locale)\//.test(path))).toEqual([]);
    expect(await text('etc/dpkg/dpkg.cfg.d/foredeck')).toContain('path-exclude=/usr/share/doc/*\n');
    expect(await text('etc/apt/sources.list')).toBe('deb http://mirror.example.org/debian trixie main\n');
    expect(await text('var/lib/dpkg/status')).toContain('Package: demo\nStatus: install ok unpacked\n');
    expect(await text('var/lib/dpkg/info/demo.list')).toBe('/.\n/usr/lib/demo/code\n');
    expect(tree.get('var/lib/dpkg/info/demo.postinst')?.mode).toBe(0o755);
    // Nothing may start a service while packages are configured.
    expect(tree.get('usr/sbin/policy-rc.d')?.mode).toBe(0o755);
    expect(await text('usr/sbin/policy-rc.d')).toContain('exit 101');
  });
});
