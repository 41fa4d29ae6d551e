import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../contract/arch.ts';
import { writeRootImage } from '../engine/image/root-image.ts';
import type { TemplateSource } from '../engine/image/template-source.ts';
import { composeSystem } from './compose-system.ts';
import { corpusPackages } from './corpus-packages.ts';
import type { Report } from './report.ts';

/** Part of every disk's name: raised when the same packages make another disk. */
const layoutVersion = 2;

/** A Debian system of one architecture on a read-only disk, not configured yet. */
export interface SystemDisk {
  /** `disks/<name>.img` of the home; also its serial in the guest. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Debian's version of each package in it. */
  readonly versions: ReadonlyMap<string, string>;
}

/**
 * Composes the disk out of verified packages, unless the home has it: its name follows from what is in it. Throws what
 * fetching and unpacking throw; a disk appears whole or not at all.
 */
export async function systemDisk(options: {
  source: TemplateSource;
  arch: Arch;
  wanted: readonly string[];
  signal: AbortSignal;
  report: Report;
}): Promise<SystemDisk> {
  const { source, arch, signal, report } = options;
  const chosen = await corpusPackages({
    ...options,
    onProgress: (done, total) => report.progress('fetching packages', done, total),
  });
  const name = diskName(arch, chosen.packages);
  const versions = new Map(chosen.packages.map((item) => [item.name, item.version]));
  const { disks } = source.paths;
  const path = join(disks, `${name}.img`);
  const known = await stat(path).catch(() => null);
  if (known) return { name, versions, sizeBytes: known.size };

  await mkdir(disks, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(disks, '.composing-'));
  try {
    const tree = await composeSystem({
      ...chosen,
      poolFolder: work,
      signal,
      onProgress: (done, total) => report.progress('unpacking packages', done, total),
    });
    const made = join(work, 'disk.img');
    await writeRootImage({
      tree,
      path: made,
      signal,
      onProgress: (done, total) => report.progress('writing the disk', done, total),
    });
    const { size } = await stat(made);
    await rename(made, path);
    return { name, versions, sizeBytes: size };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Short enough for a disk's serial, which holds 20 bytes. */
function diskName(
  arch: Arch,
  packages: readonly { readonly name: string; readonly version: string; readonly sha256: string }[],
): string {
  const hash = createHash('sha256').update(`${layoutVersion} ${arch}\n`);
  for (const item of packages) hash.update(`${item.name}=${item.version} ${item.sha256}\n`);
  return `corpus-${hash.digest('hex').slice(0, 12)}`;
}
