import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, type Pack, pack } from 'tar-stream';
import type { Arch } from '../../contract/arch.ts';
import { silentLog } from '../../engine/base/log.ts';
import { dependencyClosure } from '../../engine/debian/closure.ts';
import { openDebData } from '../../engine/debian/deb.ts';
import { canonicalPath } from '../../engine/image/file-tree.ts';
import { listsMaxAgeMs, TemplateSource } from '../../engine/image/template-source.ts';
import { pathsUnder } from '../../engine/paths.ts';
import { foreignPrograms, nativePrograms } from './fault-program.ts';

const clone = join(import.meta.dirname, '..', '..');

/** Commands of busybox which the faults run by name. */
const applets = 'cat dd echo env false id kill ls nc ps sh sleep tail true uname'.split(' ');

/** What a root filesystem is begun with; Debian 13's packages hold nothing outside of /usr. */
const folders = 'dev etc proc root run sys tmp usr usr/bin usr/sbin usr/lib usr/lib64'.split(' ');

interface FaultImage {
  readonly reference: string;
  readonly arch: Arch;
  readonly packages: readonly string[];
  /** Of the packages, only these; all when not given. */
  readonly only?: RegExp;
  readonly programs: Readonly<Record<string, Uint8Array>>;
}

/** `fault:arm64` can do all that is needed; `fault-lonely:arm64` is one program without its C library. */
const faultImages: readonly FaultImage[] = [
  {
    reference: 'fault:arm64',
    arch: 'arm64',
    packages: ['busybox-static', 'iptables', 'strace'],
    programs: foreignPrograms,
  },
  {
    reference: 'fault-lonely:arm64',
    arch: 'arm64',
    packages: ['strace'],
    only: /^usr\/bin\/strace$/,
    programs: {},
  },
  { reference: 'fault:amd64', arch: 'amd64', packages: ['busybox-static'], programs: nativePrograms },
];

/** Writes each image's root filesystem into `folder`, out of Debian's signed packages by way of the home's cache. */
export async function writeFaultImages(options: {
  home: string;
  folder: string;
}): Promise<{ reference: string; arch: Arch; path: string }[]> {
  const source = new TemplateSource({
    paths: pathsUnder(options.home),
    log: silentLog,
    templateFolder: join(clone, 'vm-templates', 'debian-13'),
    keyringPath: join(clone, 'resources', 'debian-archive-keyring', 'debian-archive-keyring.gpg'),
    mirrorSetting: () => process.env.FOREDECK_MIRROR ?? null,
  });
  const written: { reference: string; arch: Arch; path: string }[] = [];
  for (const image of faultImages) {
    const path = join(options.folder, `${image.reference.replace(':', '-')}.tar`);
    await writeImage(image, await packagesOf(image, source), path);
    written.push({ reference: image.reference, arch: image.arch, path });
  }
  return written;
}

async function packagesOf({ arch, packages }: FaultImage, source: TemplateSource): Promise<string[]> {
  const signal = new AbortController().signal;
  const loaded = await source.load();
  const archive = source.archive(loaded);
  const index = await archive.index({
    suites: loaded.template.suites.slice(0, 1),
    architecture: arch,
    maxAgeMs: listsMaxAgeMs,
    signal,
  });
  const without = new Set(['debconf', 'netbase']);
  return await archive.fetch(dependencyClosure({ index, packages, without }), { signal });
}

async function writeImage(image: FaultImage, debPaths: readonly string[], path: string): Promise<void> {
  const tar = pack();
  const writing = pipeline(tar, createWriteStream(path));
  for (const name of folders) tar.entry({ name, type: 'directory', mode: 0o755 });
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    tar.entry({ name, type: 'symlink', linkname: `usr/${name}` });
  }
  for (const debPath of debPaths) await addPackage(tar, debPath, image.only);
  if (!image.only) {
    for (const name of applets) tar.entry({ name: `usr/bin/${name}`, type: 'symlink', linkname: 'busybox' });
  }
  for (const [name, program] of Object.entries(image.programs)) {
    tar.entry({ name, mode: 0o755 }, Buffer.from(program));
  }
  tar.entry({ name: 'no-interpreter', mode: 0o755 }, 'echo a script without its first line\n');
  tar.entry({ name: 'not-executable', mode: 0o644 }, 'text\n');
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\n');
  tar.finalize();
  await writing;
}

async function addPackage(tar: Pack, debPath: string, only: RegExp | undefined): Promise<void> {
  const entries = extract();
  const feeding = pipeline(await openDebData(debPath, new AbortController().signal), entries);
  feeding.catch(() => undefined);
  for await (const entry of entries) {
    const name = canonicalPath(entry.header.name);
    const content = await buffer(entry);
    const wanted = only ? only.test(name) : !/^usr\/share\//.test(name);
    if (!wanted || entry.header.type === 'directory' || name === '') continue;
    tar.entry({ ...entry.header, name }, content);
  }
  await feeding;
}
