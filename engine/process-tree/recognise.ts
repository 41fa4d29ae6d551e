import type { Arch } from '../../contract/arch.ts';
import { type ArchRow, archOfHeader, archTable } from '../emulation/arch-table.ts';
import { type BinfmtEntry, entryMatches } from '../emulation/binfmt-entry.ts';
import type { RawProcess } from './raw-sample.ts';

export interface Recognised {
  readonly execution: 'native' | 'emulated';
  readonly arch: Arch;
  /** Base name of the emulator's binary; null when native. */
  readonly emulator: string | null;
  /** The arguments as the program sees them. */
  readonly argv: readonly string[];
}

/**
 * Tells an emulated process from a native one, in either way the kernel has of starting an emulator.
 *
 * Without flag T it starts `interpreter path argv0? arg…`, and the process is a program of the VM's own architecture.
 * It is emulated when its executable has an emulator's name or its first argument is an entry's interpreter. Both can
 * be imitated, so something must prove it that the kernel or the emulator did: a mapped program of another
 * architecture, or AT_FLAGS of a handler with P. The executable's name stands where the entry has gone meanwhile, or
 * another tool registered it, or its path means nothing in the VM any more (replaced, unmounted). Measured with QEMU
 * 7.2, 10.0 and 11.1 on Linux 6.12 and 6.18.
 *
 * With flag T (Linux 7.3) the process looks like the guest's program itself, arguments included; what its processor
 * executes is another file. Not measured: no kernel with T was at hand.
 */
export function recognise(process: RawProcess, entries: readonly BinfmtEntry[], vmArch: Arch): Recognised {
  const own = (process.exeHeader && archOfHeader(process.exeHeader)) ?? vmArch;
  const native: Recognised = { execution: 'native', arch: own, emulator: null, argv: process.argv };
  if (own !== vmArch) {
    if (process.runner === null || process.runner === process.exe) return native;
    return { ...native, execution: 'emulated', emulator: baseName(process.runner) };
  }
  if (process.argv.length < 2) return native;
  const named = rowOfEmulator(process.exe);
  const registered = entries.filter((candidate) => candidate.interpreter === process.argv[0]);
  const entry = named ? registered.find((candidate) => rowOfEntry(candidate) === named) : registered[0];
  if (!named && !entry) return native;
  const mapped = process.guestHeader && archOfHeader(process.guestHeader);
  const proved =
    (mapped !== null && mapped !== vmArch) || (named !== undefined && process.keptArgv0 === true);
  if (!proved) return native;
  // One emulator may serve several architectures; what it has mapped tells which one this is.
  const arch = mapped ?? (entry && rowOfEntry(entry))?.arch ?? named?.arch ?? vmArch;
  const keptArgv0 = process.keptArgv0 ?? entry?.flags.includes('P') ?? false;
  return {
    execution: 'emulated',
    arch,
    emulator: named?.emulator ?? baseName(process.argv[0] ?? ''),
    argv: process.argv.slice(keptArgv0 && process.argv.length > 2 ? 2 : 1),
  };
}

const magics = archTable.map((row) => ({ row, magic: Buffer.from(row.magic, 'hex') }));

function rowOfEntry(entry: BinfmtEntry): ArchRow | undefined {
  return magics.find(({ magic }) => entryMatches({ ...entry, enabled: true }, magic))?.row;
}

/**
 * The row whose emulator this is, by name: `qemu-aarch64`, replaced since (`(deleted)`), older packages' `-static`,
 * Debian's `aarch64-binfmt-P` and SUSE's `qemu-aarch64-binfmt`.
 */
function rowOfEmulator(exe: string): ArchRow | undefined {
  const name = baseName(exe.replace(/ \(deleted\)$/, ''));
  const machine =
    /^(?:qemu-)?(.+)-binfmt(?:-P)?$/.exec(name)?.[1] ?? /^qemu-(.+?)(?:-static)?$/.exec(name)?.[1];
  return archTable.find((row) => row.emulator === `qemu-${machine}`);
}

function baseName(path: string): string {
  return path.replace(/ \(deleted\)$/, '').replace(/^.*\//s, '');
}
