import type { Arch } from '../../contract/arch.ts';
import { type ArchRow, archOfHeader, archTable } from '../emulation/arch-table.ts';
import { type BinfmtEntry, entryMatches } from '../emulation/binfmt-entry.ts';
import { exitStub } from '../emulation/exit-stub.ts';
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
 * Tells an emulated process from a native one. The kernel starts an emulator as `interpreter path argv0? arg…`, so a
 * process is emulated when its first argument is an entry's interpreter and its program is one of the VM's own
 * architecture. Any process can call itself so: it must also be an emulator by its executable's name, or have mapped
 * a program of another architecture. Where the entry has gone meanwhile, the executable's name is enough; a symlinked
 * or deleted emulator has another path there than in the entry. Measured with QEMU 7.2, 10.0 and 11.1 on Linux 6.12
 * and 6.18.
 */
export function recognise(process: RawProcess, entries: readonly BinfmtEntry[], vmArch: Arch): Recognised {
  const own = (process.exeHeader && archOfHeader(process.exeHeader)) ?? vmArch;
  const native: Recognised = { execution: 'native', arch: own, emulator: null, argv: process.argv };
  if (own !== vmArch || process.argv.length < 2) return native;
  const named = rowOfEmulator(process.exe);
  const mapped = process.guestHeader && archOfHeader(process.guestHeader);
  const entry = named
    ? entries.find(
        (candidate) => candidate.interpreter === process.argv[0] && rowOfEntry(candidate) === named,
      )
    : entries.find((candidate) => candidate.interpreter === process.argv[0]);
  if (!named && !(entry && mapped && mapped !== vmArch)) return native;
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

const stubs = archTable.map((row) => ({ row, header: exitStub(row) }));

function rowOfEntry(entry: BinfmtEntry): ArchRow | undefined {
  return stubs.find(({ header }) => entryMatches({ ...entry, enabled: true }, header))?.row;
}

/** `qemu-aarch64`, also when replaced (`(deleted)`) and in the spelling of older packages (`-static`). */
function rowOfEmulator(exe: string): ArchRow | undefined {
  const name = baseName(exe.replace(/ \(deleted\)$/, '')).replace(/-static$/, '');
  return archTable.find((row) => row.emulator === name);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
