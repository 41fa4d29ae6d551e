import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Writes syscall-tables.ts out of the kernel's own headers, all architectures of which Debian ships in one package:
 *
 *   apt-get download linux-libc-dev && dpkg-deb -x linux-libc-dev_*.deb unpacked
 *   node engine/emulation/syscalls/make-syscall-tables.ts unpacked/usr/lib/linux/uapi "Linux 7.3.4"
 *
 * Run by hand when a newer kernel has brought new calls; nothing of the program needs it.
 */

const headers = {
  amd64: 'x86/asm/unistd_64.h',
  i386: 'x86/asm/unistd_32.h',
  arm: 'arm/asm/unistd-eabi.h',
  arm64: 'arm64/asm/unistd_64.h',
  riscv64: 'riscv/asm/unistd_64.h',
  loong64: 'loongarch/asm/unistd_64.h',
  ppc64le: 'powerpc/asm/unistd_64.h',
  s390x: 's390/asm/unistd_64.h',
  mips64le: 'mips/asm/unistd_n64.h',
};

/** What the headers add to a number: MIPS' n64 calls begin at 5000 (arch/mips/include/uapi/asm/unistd.h). */
const bases: Readonly<Record<string, number>> = { __NR_Linux: 5_000, __NR_SYSCALL_BASE: 0 };

/** arch/arm/include/uapi/asm/unistd.h; not in the generated header. */
const armPrivate = new Map([
  [0xf_0001, 'breakpoint'],
  [0xf_0002, 'cacheflush'],
  [0xf_0003, 'usr26'],
  [0xf_0004, 'usr32'],
  [0xf_0005, 'set_tls'],
  [0xf_0006, 'get_tls'],
]);

/** Characters a line of names, within the linter's width. */
const lineWidth = 108;

type Table = Map<number, string>;

async function readTable(path: string): Promise<Table> {
  const define = /^#define __NR_(\w+)\s+\(?(?:(\w+) \+ )?(\d+)\)?$/gm;
  const text = await readFile(path, 'utf8');
  return new Map(
    [...text.matchAll(define)].map(([, name = '', base = '', number]) => [
      Number(number) + (bases[base] ?? 0),
      name,
    ]),
  );
}

/** A number, the names from there on, the next number where there is a gap. */
function written(table: Table): string {
  const lines = [''];
  let expected = -1;
  for (const [number, name] of [...table].sort(([a], [b]) => a - b)) {
    const word = number === expected ? name : `${number} ${name}`;
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > lineWidth) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    expected = number + 1;
  }
  return lines.join('\n');
}

function without(table: Table, other: Table): Table {
  return new Map([...table].filter(([number, name]) => other.get(number) !== name));
}

const [uapi = '', kernel = ''] = process.argv.slice(2);
const tables = new Map<string, Table>();
for (const [arch, path] of Object.entries(headers)) tables.set(arch, await readTable(join(uapi, path)));
const of = (arch: keyof typeof headers): Table => tables.get(arch) ?? new Map();
for (const [number, name] of armPrivate) of('arm').set(number, name);
const generic = new Map(
  [...of('arm64')].filter(
    ([number, name]) => of('riscv64').get(number) === name && of('loong64').get(number) === name,
  ),
);

const parts: [name: string, table: Table][] = [
  ['amd64', of('amd64')],
  ['i386', of('i386')],
  ['arm', of('arm')],
  ['generic', generic],
  ['arm64Only', without(of('arm64'), generic)],
  ['riscv64Only', without(of('riscv64'), generic)],
  ['ppc64le', of('ppc64le')],
  ['s390x', of('s390x')],
  ['mips64n64', of('mips64le')],
];
const text = `/*
 * System calls by number: a number, the names from there on, the next number where there is a gap. Made by
 * make-syscall-tables.ts out of the kernel's headers, ${kernel}. arm64, riscv64 and loong64 share \`generic\`,
 * and loong64 has no others.
 */
${parts.map(([name, table]) => `\nexport const ${name} = \`\n${written(table)}\n\`;\n`).join('')}`;
await writeFile(join(import.meta.dirname, 'syscall-tables.ts'), text);
