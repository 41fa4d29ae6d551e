import type { ArchRow } from '../arch-table.ts';
import { elfProgram } from './elf-program.ts';

/** Exit status of the stub: neither 0, nor a shell's, nor a signal's. */
export const stubExitCode = 42;

/**
 * The smallest program of an architecture, `exit(42)`. It runs in an empty chroot exactly when kernel, entry and
 * emulator are right.
 */
export function exitStub(row: ArchRow): Uint8Array {
  return elfProgram(row, Buffer.from(row.exit42, 'hex'));
}
