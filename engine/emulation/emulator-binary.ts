import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import type { EmulatorSuite } from '../../contract/emulation.ts';
import { EngineError } from '../base/engine-error.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { type ArchRow, archOfHeader, archTable } from './arch-table.ts';
import { needsLoader, readElfHeader } from './elf-header.ts';
import { emulatorsFolder } from './guest-trip.ts';
import type { EmulatorId } from './wanted-emulators.ts';

export interface EmulatorBinary extends EmulatorId {
  readonly content: Uint8Array;
}

/**
 * Since Debian 13 qemu-user holds static-pie binaries, in backports too, and qemu-user-static is an empty package that
 * asks for it.
 */
export const emulatorPackage = 'qemu-user';

/** All of the table's emulators at once: the package's xz stream has to be read to its end for any of them. */
const wantedFiles = new Set(archTable.map((row) => `usr/bin/${row.emulator}`));

/** Where an emulator lies in the VM. The name holds its hash, so a file of that name never changes its content. */
export function emulatorPath(row: ArchRow, emulator: EmulatorId): string {
  return `${emulatorsFolder}/${emulator.version}-${emulator.sha256.slice(0, 12)}/${row.emulator}`;
}

/** The version in a path that `emulatorPath` made, as QEMU counts it (`10.0.13`); null for any other path. */
export function versionInPath(path: string): string | null {
  const found = /^(.*)\/([^/]+)-[0-9a-f]{12}\/[^/]+$/.exec(path);
  if (found?.[1] !== emulatorsFolder) return null;
  return /^[\d.]+/.exec(found[2] ?? '')?.[0] ?? null;
}

/** Debian's version without the epoch, in characters that a path may hold. */
export function plainVersion(version: string): string {
  return version.replace(/^\d+:/, '').replaceAll(/[^\w.+~-]/g, '_');
}

/** Fetches the row's emulator out of Debian's signed packages and checks that it can serve in a VM of `vmArch`. */
export async function fetchEmulator(options: {
  packages: PackageFiles;
  row: ArchRow;
  vmArch: HostArch;
  suite: EmulatorSuite;
  signal: AbortSignal;
  onProgress: (doneBytes: number, totalBytes: number | null) => void;
}): Promise<EmulatorBinary> {
  const { version, folder } = await options.packages.fetch({
    packageName: emulatorPackage,
    arch: options.vmArch,
    suite: options.suite,
    wanted: (path) => wantedFiles.has(path),
    key: 'emulators',
    signal: options.signal,
    onProgress: options.onProgress,
  });
  const content = await readFile(join(folder, 'usr/bin', options.row.emulator), { signal: options.signal });
  checkEmulator(content, options.row, options.vmArch);
  return {
    suite: options.suite,
    version: plainVersion(version),
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.byteLength,
    content,
  };
}

function checkEmulator(content: Uint8Array, row: ArchRow, vmArch: HostArch): void {
  const header = readElfHeader(content);
  const arch = header && archOfHeader(header);
  if (arch !== vmArch) {
    throw new EngineError({
      code: 'emulator_failed',
      message: `${row.emulator} out of ${emulatorPackage} is not a program for ${vmArch}.`,
      hint: 'Remove the cache folder in FOREDECK_HOME and try again.',
    });
  }
  if (needsLoader(content)) {
    throw new EngineError({
      code: 'emulator_failed',
      message: `${row.emulator} out of ${emulatorPackage} is dynamically linked; containers do not have its libraries.`,
      hint: 'Debian 13 and later ship static emulators: check which suite the mirror serves.',
    });
  }
}
