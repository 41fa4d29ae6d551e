import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateKey } from 'openpgp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../contract/records.ts';
import { silentLog } from '../base/log.ts';
import { pathsUnder } from '../paths.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { compressXz, makeSigningKey, SmallArchive, type SmallPackage } from '../testing/small-archive.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { type ComposedImages, createGuestImages } from './guest-images.ts';
import { Manifest } from './manifest.ts';
import { createPackageFiles } from './package-files.ts';
import { TemplateSource } from './template-source.ts';

const signal = new AbortController().signal;
const modules = 'usr/lib/modules/6.1-test';

/** A relocatable 64-bit ELF file with a `.modinfo` section and nothing else. Source: elf(5). */
function kernelModule(info: readonly string[]): Buffer {
  const content = Buffer.from(info.map((pair) => `${pair}\0`).join(''));
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  const sectionsAt = 64 + content.length + names.length;
  header.writeBigUInt64LE(BigInt(sectionsAt), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(3, 0x3c);
  header.writeUInt16LE(2, 0x3e);
  const section = (nameAt: number, offset: number, sizeBytes: number): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(nameAt, 0);
    bytes.writeBigUInt64LE(BigInt(offset), 0x18);
    bytes.writeBigUInt64LE(BigInt(sizeBytes), 0x20);
    return bytes;
  };
  return Buffer.concat([
    header,
    content,
    names,
    Buffer.alloc(64),
    section(1, 64, content.length),
    section(10, 64 + content.length, names.length),
  ]);
}

const packages: SmallPackage[] = [
  {
    name: 'busybox-static',
    files: [{ name: './usr/bin/busybox', content: 'BUSYBOX', mode: 0o755 }],
  },
  {
    name: 'tool',
    fields: ['Depends: library, unwanted'],
    files: [
      { name: './usr/bin/tool', content: 'TOOL', mode: 0o4755 },
      { name: './usr/bin/tool-too', type: 'link', linkname: './usr/bin/tool' },
      { name: './usr/share/doc/tool/README', content: 'long' },
      { name: './var/mail', type: 'directory', mode: 0o2775, gid: 8 },
    ],
  },
  { name: 'library', files: [{ name: './lib/library.so', content: 'LIBRARY' }] },
  { name: 'unwanted', files: [{ name: './unwanted', content: 'x' }] },
  {
    name: 'linux-image',
    files: [
      { name: './boot/vmlinuz-6.1-test', content: 'KERNEL' },
      { name: `./${modules}/modules.builtin`, content: 'kernel/fs/ext4/ext4.ko\n' },
      {
        name: `./${modules}/kernel/a/top.ko.xz`,
        content: compressXz(kernelModule(['depends=base-part', 'alias=top-alias', 'name=top'])),
      },
      {
        name: `./${modules}/kernel/a/base-part.ko`,
        content: kernelModule(['depends=ext4', 'name=base_part']),
      },
      { name: `./${modules}/kernel/a/unused.ko`, content: kernelModule(['depends=']) },
    ],
  },
];

const template = `
name: small
title: Small
suites: [{ archive: debian, suite: small, components: [main] }]
mirrors: [{ debian: 'http://127.0.0.1:1/debian', debian-security: 'http://127.0.0.1:1/debian' }]
architectures: { amd64: { debian: amd64, kernel: linux-image, console: ttyS0 } }
packages: [busybox-static, tool]
without: { unwanted: it would only be in the way }
exclude: [usr/share/doc]
initrdModules: [top, ext4]
rootModules: [base_part]
defaults: { memoryMiB: 512, diskGiB: 4 }
`;

let keys: { privateKey: PrivateKey; keyring: Uint8Array };
let server: SmallArchive;

beforeAll(async () => {
  keys = await makeSigningKey();
});
beforeEach(async () => {
  server = await SmallArchive.start();
  await server.publish({ packages, privateKey: keys.privateKey });
});
afterEach(async () => {
  await server.stop();
});

interface Bench {
  readonly home: string;
  readonly images: ComposedImages;
  readonly source: TemplateSource;
  readonly store: Store;
  readonly templateFolder: string;
}

/** A home with a template, whose mirror is the test's server. */
async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const templateFolder = join(folder, 'template');
    await mkdir(join(templateFolder, 'guest/initrd'), { recursive: true });
    await mkdir(join(templateFolder, 'guest/root/etc'), { recursive: true });
    await writeFile(join(templateFolder, 'template.yaml'), template);
    await writeFile(join(templateFolder, 'guest/initrd/init'), '#!/bin/busybox sh\n');
    await writeFile(join(templateFolder, 'guest/root/etc/motd'), 'hello\n');
    await writeFile(join(folder, 'keyring.gpg'), keys.keyring);
    const home = join(folder, 'home');
    const store = new Store(emptyState());
    const source = new TemplateSource({
      paths: pathsUnder(home),
      log: silentLog,
      templateFolder,
      keyringPath: join(folder, 'keyring.gpg'),
      mirrorSetting: () => `${server.url}/debian`,
    });
    await work({
      home,
      source,
      store,
      templateFolder,
      images: createGuestImages({ source, jobs: new Jobs(store) }),
    });
  });
}

function listRoot(path: string): string[] {
  return execFileSync('unsquashfs', ['-lln', path], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('squashfs-root/'))
    .map((line) => line.replaceAll(/\s+/g, ' ').replace(/ \d+ \d{4}-\d\d-\d\d \d\d:\d\d squashfs-root/, ' '));
}

const jobsOf = (store: Store): Job[] => Object.values(store.state.jobs);

describe('createGuestImages', () => {
  it('composes what the template says', async () => {
    await withBench(async ({ images, store }) => {
      expect(await images.find('amd64')).toBeNull();
      const image = await images.ensure({ arch: 'amd64', signal });
      expect(image.record).toMatchObject({
        template: 'small',
        arch: 'amd64',
        packages: 4,
        kernelVersion: '6.1-test',
      });
      expect(await readFile(image.kernelPath, 'utf8')).toBe('KERNEL');
      const root = listRoot(image.rootPath);
      expect(root).toEqual(
        expect.arrayContaining([
          '-rwsr-xr-x 0/0 /usr/bin/tool',
          '-rwsr-xr-x 0/0 /usr/bin/tool-too',
          '-rw-r--r-- 0/0 /usr/lib/library.so',
          '-rw-r--r-- 0/0 /etc/motd',
          'drwxrwsr-x 0/8 /var/mail',
          `-rw-r--r-- 0/0 /${modules}/kernel/a/top.ko`,
          `-rw-r--r-- 0/0 /${modules}/modules.dep.bin`,
        ]),
      );
      expect(root.filter((row) => /doc|unwanted|unused|vmlinuz/.test(row))).toEqual([]);
      const initrd = await readFile(image.initrdPath, 'latin1');
      expect(initrd.indexOf('modules/00-base_part.ko')).toBeGreaterThan(0);
      expect(initrd.indexOf('modules/01-top.ko')).toBeGreaterThan(initrd.indexOf('modules/00-base_part.ko'));
      expect(initrd).toContain('#!/bin/busybox sh');
      expect(jobsOf(store).map((job) => job.state)).toEqual(['done']);
      expect(await images.list()).toEqual([image.record]);
    });
  });

  it('writes a manifest of every package and file', async () => {
    await withBench(async ({ images }) => {
      const image = await images.ensure({ arch: 'amd64', signal });
      const path = join(image.rootPath, '../manifest.json');
      const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
      expect(manifest.packages.map((item) => item.name)).toEqual([
        'busybox-static',
        'library',
        'linux-image',
        'tool',
      ]);
      for (const [name, hash] of Object.entries(manifest.files)) {
        const sum = execFileSync('sha256sum', [join(image.rootPath, '..', name)], { encoding: 'utf8' });
        expect(sum.split(' ')[0]).toBe(hash);
      }
    });
  });

  it('needs no network for an image it has, nor to make it again from the cache', async () => {
    await withBench(async ({ images, home }) => {
      const first = await images.ensure({ arch: 'amd64', signal });
      await server.stop();
      server = await SmallArchive.start();
      expect((await images.ensure({ arch: 'amd64', signal })).record).toEqual(first.record);
      execFileSync('rm', ['-r', join(home, 'images')]);
      expect((await images.ensure({ arch: 'amd64', signal })).record.id).toBe(first.record.id);
    });
  });

  it('makes a new image when the template or a package changes, and keeps the old one', async () => {
    await withBench(async ({ images, templateFolder }) => {
      const first = await images.ensure({ arch: 'amd64', signal });
      await writeFile(join(templateFolder, 'guest/root/etc/motd'), 'changed\n');
      expect(await images.find('amd64')).toBeNull();
      const second = await images.ensure({ arch: 'amd64', signal });
      const newer = packages.map((item) => (item.name === 'tool' ? { ...item, version: '2.0' } : item));
      await server.publish({ packages: newer, privateKey: keys.privateKey });
      const third = await images.build({ arch: 'amd64', signal });
      const same = await images.build({ arch: 'amd64', signal });
      expect(new Set([first, second, third].map((image) => image.record.id)).size).toBe(3);
      expect(same.record).toEqual(third.record);
      expect(await images.list()).toHaveLength(3);
    });
  });

  it('composes once for two who ask at the same time', async () => {
    await withBench(async ({ images, store }) => {
      const both = await Promise.all([
        images.ensure({ arch: 'amd64', signal }),
        images.ensure({ arch: 'amd64', signal }),
      ]);
      expect(both[0]).toEqual(both[1]);
      expect(jobsOf(store)).toHaveLength(1);
    });
  });

  it('leaves nothing behind when cancelled', async () => {
    await withBench(async ({ images, store, home }) => {
      const controller = new AbortController();
      store.listen(() => {
        if (jobsOf(store).some((job) => job.phase === 'assembling the image')) controller.abort();
      });
      const composing = images.ensure({ arch: 'amd64', signal: controller.signal });
      await expect(composing).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      expect(await readdir(join(home, 'images'))).toEqual([]);
      expect(jobsOf(store).map((job) => job.state)).toEqual(['cancelled']);
    });
  });

  it('leaves nothing behind when it fails, and says why', async () => {
    await withBench(async ({ images, store, home, templateFolder }) => {
      await writeFile(
        join(templateFolder, 'template.yaml'),
        template.replace('[base_part]', '[no_such_module]'),
      );
      await expect(images.ensure({ arch: 'amd64', signal })).rejects.toMatchObject({
        code: 'image_failed',
        message: expect.stringContaining('no_such_module'),
      });
      expect(await readdir(join(home, 'images'))).toEqual([]);
      expect(jobsOf(store)[0]).toMatchObject({ state: 'failed', error: { code: 'image_failed' } });
    });
  });

  it('clears away what a killed engine left, and nothing else', async () => {
    await withBench(async ({ images, home }) => {
      await images.ensure({ arch: 'amd64', signal });
      await mkdir(join(home, 'images/.composing-x1/pools'), { recursive: true });
      await images.removeLeftovers();
      expect(existsSync(join(home, 'images/.composing-x1'))).toBe(false);
      expect(await images.find('amd64')).not.toBeNull();
    });
  });

  it('takes a folder without a manifest for no image', async () => {
    await withBench(async ({ images, home }) => {
      await mkdir(join(home, 'images/half'), { recursive: true });
      await writeFile(join(home, 'images/half/root.squashfs'), 'half');
      expect(await images.list()).toEqual([]);
      expect(await images.find('amd64')).toBeNull();
    });
  });

  it('refuses an architecture which the template does not have', async () => {
    await withBench(async ({ images }) => {
      await expect(images.ensure({ arch: 'arm64', signal })).rejects.toMatchObject({ code: 'unknown_arch' });
    });
  });
});

describe('createPackageFiles', () => {
  const fetchTool = (source: TemplateSource) =>
    createPackageFiles(source).fetch({
      packageName: 'tool',
      arch: 'amd64',
      wanted: (path) => path.startsWith('usr/bin/'),
      key: 'programs',
      signal,
    });

  it('unpacks the files wanted, once', async () => {
    await withBench(async ({ source }) => {
      const { version, folder } = await fetchTool(source);
      expect(version).toBe('1.0');
      expect(await readdir(join(folder, 'usr/bin'))).toEqual(['tool', 'tool-too']);
      expect(await readFile(join(folder, 'usr/bin/tool-too'), 'utf8')).toBe('TOOL');
      expect(existsSync(join(folder, 'usr/share'))).toBe(false);
      server.requests.length = 0;
      expect((await fetchTool(source)).folder).toBe(folder);
      expect(server.requests).toEqual([]);
    });
  });

  it('shares one unpacking between two who ask', async () => {
    await withBench(async ({ source }) => {
      const files = createPackageFiles(source);
      const options = { packageName: 'tool', arch: 'amd64', wanted: () => true, key: 'all', signal } as const;
      const [a, b] = await Promise.all([files.fetch(options), files.fetch(options)]);
      expect(a).toEqual(b);
      expect(existsSync(join(a.folder, 'usr/bin/tool'))).toBe(true);
    });
  });

  it('has a second suite, whose packages come out of that one only', async () => {
    await withBench(async ({ source, templateFolder }) => {
      const newer: SmallPackage = {
        name: 'tool',
        version: '2.0',
        files: [{ name: './usr/bin/tool', content: 'NEW', mode: 0o755 }],
      };
      await server.publish({ packages: [newer], privateKey: keys.privateKey, suite: 'small-backports' });
      await writeFile(
        join(templateFolder, 'emulators.yaml'),
        'backports: [{ archive: debian, suite: small-backports, components: [main] }]\n',
      );
      const files = createPackageFiles(source);
      const tool = { packageName: 'tool', arch: 'amd64', signal } as const;
      const wanted = (path: string): boolean => path === 'usr/bin/tool';
      const [old, fresh] = await Promise.all([
        files.fetch({ ...tool, wanted, key: 'programs' }),
        files.fetch({ ...tool, wanted, key: 'programs', suite: 'backports' }),
      ]);
      expect([old.version, fresh.version]).toEqual(['1.0', '2.0']);
      expect(await readFile(join(old.folder, 'usr/bin/tool'), 'utf8')).toBe('TOOL');
      expect(await readFile(join(fresh.folder, 'usr/bin/tool'), 'utf8')).toBe('NEW');

      server.requests.length = 0;
      expect(await files.newestVersion(tool)).toBe('1.0');
      expect(await files.newestVersion({ ...tool, suite: 'backports' })).toBe('2.0');
      expect(server.requests).toEqual([]);
      await expect(
        files.newestVersion({ ...tool, packageName: 'library', suite: 'backports' }),
      ).rejects.toMatchObject({ code: 'package_missing' });
    });
  });
});
