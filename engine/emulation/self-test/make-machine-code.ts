import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lookNameBytes, lookStackBytes, scratchBytes, tableAddress } from './elf-program.ts';

/*
 * Writes machine-code.ts out of machine-code/*.s, with LLVM's assembler, which knows all of the architectures (Debian's
 * package llvm-19, or a later one):
 *
 *   node engine/emulation/self-test/make-machine-code.ts llvm-mc-19 llvm-objcopy-19
 *
 * Run by hand when a source has changed; nothing of the program needs an assembler. A new architecture is a source,
 * and a line here.
 */

const run = promisify(execFile);

const targets: readonly { arch: string; source: string; options: readonly string[] }[] = [
  { arch: 'amd64', source: 'amd64', options: ['-triple=x86_64-linux-gnu'] },
  { arch: '386', source: '386', options: ['-triple=i386-linux-gnu'] },
  { arch: 'arm64', source: 'arm64', options: ['-triple=aarch64-linux-gnu'] },
  { arch: 'arm/v7', source: 'arm', options: ['-triple=armv7-linux-gnueabihf'] },
  // Without relaxation nothing is left to a linker.
  { arch: 'riscv64', source: 'riscv64', options: ['-triple=riscv64-linux-gnu', '-mattr=+m,+a,-relax'] },
  { arch: 'ppc64le', source: 'ppc64le', options: ['-triple=powerpc64le-linux-gnu'] },
  { arch: 's390x', source: 's390x', options: ['-triple=s390x-linux-gnu'] },
  { arch: 'mips64le', source: 'mips64le', options: ['-triple=mips64el-linux-gnuabi64', '-mcpu=mips64r2'] },
  { arch: 'loong64', source: 'loong64', options: ['-triple=loongarch64-linux-gnu', '-mattr=+d,-relax'] },
];

const programs = ['look', 'crash', 'calls', 'spin'];
const x86Programs = [...programs, 'cpuid'];

const [assembler = 'llvm-mc', objcopy = 'llvm-objcopy'] = process.argv.slice(2);
const work = await mkdtemp(join(tmpdir(), 'machine-code-'));
try {
  const rows: string[] = [];
  for (const { arch, source, options } of targets) {
    const object = join(work, `${source}.o`);
    const defines = Object.entries({
      TABLE: tableAddress,
      SCRATCH: scratchBytes,
      LOOK_STACK: lookStackBytes,
      LOOK_NAME: lookNameBytes,
    });
    await run(assembler, [
      ...options,
      '-filetype=obj',
      ...defines.map(([name, value]) => `-defsym=${name}=${value}`),
      join(import.meta.dirname, 'machine-code', `${source}.s`),
      '-o',
      object,
    ]);
    // Names of sections like `.relaspin`: addresses left to a linker, which there is none of.
    const relocated = /\.rela?(look|crash|calls|spin|cpuid)\0/.exec(await readFile(object, 'latin1'));
    if (relocated) throw new TypeError(`${source}.s: ${relocated[1]} wants a linker`);
    const codes: string[] = [];
    for (const program of options[0]?.match(/86/) ? x86Programs : programs) {
      const raw = join(work, program);
      await run(objcopy, ['-O', 'binary', `--only-section=${program}`, object, raw]);
      codes.push(`    ${program}: '${(await readFile(raw)).toString('hex')}',\n`);
    }
    rows.push(`  ${/^[a-z]\w*$/.test(arch) ? arch : `'${arch}'`}: {\n${codes.join('')}  },\n`);
  }
  const text = `import type { Arch } from '../../../contract/arch.ts';

/** Machine code of one architecture's test programs, hexadecimal; what they do is said in test-programs.ts. */
export interface MachineCode {
  readonly look: string;
  readonly crash: string;
  readonly calls: string;
  readonly spin: string;
  /** On x86 only. */
  readonly cpuid?: string;
}

/** Made by make-machine-code.ts out of the sources in machine-code/. */
export const machineCode: Readonly<Record<Arch, MachineCode>> = {
${rows.join('')}};
`;
  await writeFile(join(import.meta.dirname, 'machine-code.ts'), text);
} finally {
  await rm(work, { recursive: true });
}
