import type { ArchRow } from './arch-table.ts';

/** One entry of /proc/sys/fs/binfmt_misc, as the kernel prints it. Source: Documentation/admin-guide/binfmt-misc.rst. */
export interface BinfmtEntry {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** Letters in the kernel's order, `POCF`. */
  readonly flags: string;
  readonly offset: number;
  /** Hexadecimal; empty for an entry that goes by file name extension. */
  readonly magic: string;
  /** Hexadecimal; empty when every bit of the magic counts. */
  readonly mask: string;
}

/** Where the kernel lists its entries. */
export const binfmtFolder = '/proc/sys/fs/binfmt_misc';

/**
 * Flags as written: C takes credentials from the program (sudo works) and implies O, F opens the emulator now, so
 * that it works in every chroot and container, P keeps the program's argv[0].
 */
const writtenFlags = 'CFP';

/** The same flags as the kernel prints them. */
export const expectedFlags = 'POCF';

/** Limits of the kernel: BINPRM_BUF_SIZE of fs/binfmt_misc.c, and MAX_REGISTER_LENGTH. */
const maxInterpreterBytes = 127;
const maxRegisterBytes = 1_920;

/** What to write to `register`. Throws TypeError for a path which the format cannot carry. */
export function registerString(row: ArchRow, name: string, interpreter: string): string {
  if (!/^\/[\w./+~-]+$/.test(interpreter) || Buffer.byteLength(interpreter) > maxInterpreterBytes) {
    throw new TypeError(
      `"${interpreter}" cannot be an interpreter: at most ${maxInterpreterBytes} plain characters`,
    );
  }
  const line = `:${name}:M:0:${escaped(row.magic)}:${escaped(row.mask)}:${interpreter}:${writtenFlags}`;
  if (line.length > maxRegisterBytes) throw new TypeError(`register string of ${line.length} bytes`);
  return line;
}

/** `7f45` as `\x7f\x45`, which the kernel undoes itself. */
function escaped(hex: string): string {
  return hex.replaceAll(/../g, '\\x$&');
}

/** Reads what the kernel prints for one entry; null when it is no entry. */
export function parseBinfmtEntry(name: string, text: string): BinfmtEntry | null {
  const lines = text.split('\n');
  const value = (label: string): string =>
    lines
      .find((line) => line.startsWith(`${label} `))
      ?.slice(label.length + 1)
      .trim() ?? '';
  if (lines[0] !== 'enabled' && lines[0] !== 'disabled') return null;
  return {
    name,
    enabled: lines[0] === 'enabled',
    interpreter: value('interpreter'),
    flags: value('flags:'),
    offset: Number(value('offset') || 0),
    magic: value('magic'),
    mask: value('mask'),
  };
}

/** Whether the kernel would hand a program that begins with `header` to this entry. */
export function entryMatches(entry: BinfmtEntry, header: Uint8Array): boolean {
  if (!entry.enabled || entry.magic === '') return false;
  const magic = Buffer.from(entry.magic, 'hex');
  const mask = Buffer.from(entry.mask, 'hex');
  for (let index = 0; index < magic.length; index += 1) {
    const byte = header[entry.offset + index];
    const bits = mask.length === 0 ? 0xff : (mask[index] ?? 0);
    if (byte === undefined || ((byte ^ (magic[index] ?? 0)) & bits) !== 0) return false;
  }
  return true;
}

/** How an entry differs from what the table wants, in words; empty when it does not. */
export function entryDifferences(entry: BinfmtEntry, row: ArchRow, interpreter: string): string[] {
  const differences: string[] = [];
  if (!entry.enabled) differences.push('it is disabled');
  if (entry.interpreter !== interpreter) differences.push(`its interpreter is ${entry.interpreter}`);
  if (entry.flags !== expectedFlags) differences.push(flagWords(entry.flags));
  if (entry.offset !== 0 || entry.magic !== row.magic) differences.push(`its magic is ${entry.magic}`);
  if (entry.mask !== row.mask) differences.push(`its mask is ${entry.mask || 'missing'}`);
  return differences;
}

/** What missing flags mean for programs. */
function flagWords(flags: string): string {
  const consequences: readonly [string, string][] = [
    ['F', 'containers will not find the emulator'],
    ['C', 'sudo and other setuid programs will fail'],
    ['O', 'programs without read permission will fail'],
    ['P', 'programs which go by their argv[0], such as busybox, will fail'],
  ];
  const missing = consequences.filter(([flag]) => !flags.includes(flag));
  if (missing.length === 0) return `its flags are ${flags} instead of ${expectedFlags}`;
  return missing.map(([flag, consequence]) => `${consequence} (no ${flag})`).join(', ');
}
