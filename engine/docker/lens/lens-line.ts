/** What one line of an emulator's log tells of one system call. */
export interface LensEvent {
  /** Null where the emulator printed a name. */
  readonly number: number | null;
  /** Null where it printed a number. */
  readonly name: string | null;
  /** More about what was asked, `0x5413` of an ioctl; part of what is counted together. */
  readonly detail: string | null;
  /** As the program has it; null when the call went well, or when its end stands on another line. */
  readonly errno: number | null;
  /** The emulator said that it does not have it. */
  readonly unsupported: boolean;
}

/*
 * Formats of qemu-user 10.0.13 and 11.1.3, which are the same (linux-user/syscall.c, strace.c); fixtures/ holds both.
 * Processes write at the same time and into each other's lines: a call is counted wherever it begins, its end only
 * where the line has nothing else.
 */

const unsupportedCall = /^Unsupported syscall: (?<number>\d{1,6})$/;
const unsupportedIoctl = /^Unsupported ioctl: cmd=(?<detail>0x[0-9a-f]{1,16})/;
const unsupportedOption =
  /^Unsupported (?<name>[gs]etsockopt) level=(?<level>-?\d{1,10}) optname=(?<option>-?\d{1,10})/;

/** `10431 Unknown syscall 425`: strace.c has no name for it, and syscall.c no code. */
const unknownCall = /^\d{1,10} Unknown syscall (?<number>\d{1,6})$/;
/** `11862 execve(…`, at a line's beginning or right behind another call's arguments. */
const callBegins = /(?:^|\))\d{1,10} (?<name>[a-z_][a-z0-9_]{1,39})\(/g;
const callFails = /\) = -1 errno=(?<errno>\d{1,6}) \(/;

/** QEMU's own, never seen by a program: a call begun anew, and the return from a signal handler. */
const internalErrnos: ReadonlySet<number> = new Set([512, 513]);

/** Every call told of by a line; none for what the program itself printed. */
export function parseLensLine(line: string): LensEvent[] {
  return parseUnsupported(line) ?? parseTraced(line);
}

function parseUnsupported(line: string): LensEvent[] | null {
  const nothing = { number: null, name: null, detail: null, errno: null, unsupported: true };
  const number = (unsupportedCall.exec(line) ?? unknownCall.exec(line))?.groups?.number;
  if (number !== undefined) return [{ ...nothing, number: Number(number) }];
  const ioctl = unsupportedIoctl.exec(line)?.groups;
  if (ioctl?.detail !== undefined) return [{ ...nothing, name: 'ioctl', detail: ioctl.detail }];
  const option = unsupportedOption.exec(line)?.groups;
  if (option?.name === undefined) return null;
  const detail = `level ${option.level}, option ${option.option}`;
  return [{ ...nothing, name: option.name, detail }];
}

function parseTraced(line: string): LensEvent[] {
  const names = [...line.matchAll(callBegins)].flatMap(({ groups }) => groups?.name ?? []);
  const errno = Number(names.length === 1 ? (callFails.exec(line)?.groups?.errno ?? 0) : 0);
  const failed = errno > 0 && !internalErrnos.has(errno) ? errno : null;
  return names.map((name) => ({ number: null, name, detail: null, errno: failed, unsupported: false }));
}
