import type { ArchRow } from '../arch-table.ts';
import { syscallNumber } from '../syscalls/syscall-name.ts';
import { elfProgram } from './elf-program.ts';
import { machineCode } from './machine-code.ts';

/* What runs on the ladder behind the exit stub. All of them end with 0. */

/** Writes `lookStackBytes` of its stack from argc on, then `lookNameBytes` from argv[0] on. */
export function lookProgram(row: ArchRow): Uint8Array {
  return elfProgram(row, code(machineCode[row.arch].look));
}

/** Reads address 0. */
export function crashProgram(row: ArchRow): Uint8Array {
  return elfProgram(row, code(machineCode[row.arch].crash));
}

/**
 * Makes each of the calls with six arguments of -1, which none of them can do anything with, and writes what they
 * returned, a word each: a negative number is an error, on every architecture.
 */
export function callsProgram(row: ArchRow, names: readonly string[]): Uint8Array {
  const numbers = names.map((name) => syscallNumber(row.arch, name));
  if (numbers.includes(null)) throw new TypeError(`${row.arch} lacks one of ${names.join(', ')}`);
  const endOfTable = -1;
  return elfProgram(row, code(machineCode[row.arch].calls), words(row, [...numbers.map(Number), endOfTable]));
}

/** Counts down from `rounds`, at most 2^31, with arithmetic, a store and a load each round. */
export function spinProgram(row: ArchRow, rounds: number): Uint8Array {
  return elfProgram(row, code(machineCode[row.arch].spin), words(row, [rounds]));
}

/**
 * x86 only, null elsewhere: writes eax, ebx, ecx, edx of the CPUID leaves 1, 7 and 0x80000001, then XCR0; 56 bytes.
 */
export function cpuidProgram(row: ArchRow): Uint8Array | null {
  const { cpuid } = machineCode[row.arch];
  return cpuid === undefined ? null : elfProgram(row, code(cpuid));
}

/** Numbers in the architecture's own word size and byte order. */
function words(row: ArchRow, values: readonly number[]): Uint8Array {
  const bytes = row.bits / 8;
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (const [index, value] of values.entries()) {
    if (bytes === 8) view.setBigInt64(index * bytes, BigInt(value), row.endian === 'little');
    else view.setInt32(index * bytes, value, row.endian === 'little');
  }
  return new Uint8Array(view.buffer);
}

function code(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}
