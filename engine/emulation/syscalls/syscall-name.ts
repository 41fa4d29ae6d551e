import type { Arch } from '../../../contract/arch.ts';
import * as tables from './syscall-tables.ts';

const textOf: Readonly<Record<Arch, readonly string[]>> = {
  amd64: [tables.amd64],
  '386': [tables.i386],
  arm64: [tables.generic, tables.arm64Only],
  'arm/v7': [tables.arm],
  riscv64: [tables.generic, tables.riscv64Only],
  ppc64le: [tables.ppc64le],
  s390x: [tables.s390x],
  mips64le: [tables.mips64n64],
  loong64: [tables.generic],
};

interface Table {
  readonly names: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<string, number>;
}

/** Read when first asked for: most processes never need one. */
const read = new Map<Arch, Table>();

/** The kernel's name of system call `number` of a program for `arch`, `io_uring_setup`; null when there is none. */
export function syscallName(arch: Arch, number: number): string | null {
  return tableOf(arch).names.get(number) ?? null;
}

/** The number of the system call `name`; null where the architecture has no such call, as arm64 has no `fork`. */
export function syscallNumber(arch: Arch, name: string): number | null {
  return tableOf(arch).numbers.get(name) ?? null;
}

function tableOf(arch: Arch): Table {
  const known = read.get(arch);
  if (known) return known;
  const names = new Map<number, string>();
  for (const text of textOf[arch]) {
    let next = 0;
    for (const word of text.trim().split(/\s+/)) {
      if (/^\d+$/.test(word)) next = Number(word);
      else names.set(next++, word);
    }
  }
  const table = { names, numbers: new Map([...names].map(([number, name]) => [name, number])) };
  read.set(arch, table);
  return table;
}
