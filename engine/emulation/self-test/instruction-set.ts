import type { Arch } from '../../../contract/arch.ts';
import { auxiliary, type LookReport } from './look-report.ts';

/** A level of an architecture and what a processor of that level has; each includes the ones before it. */
interface Level {
  readonly name: string;
  readonly needs: readonly bigint[];
}

const bit = (number: number): bigint => 1n << BigInt(number);

/*
 * HWCAP and HWCAP2 as one number, HWCAP2 from bit 64 on. Bits: arch/*\/include/uapi/asm/hwcap.h, cputable.h, and
 * arch/s390/include/asm/elf.h.
 */
const second = (number: number): bigint => bit(number + 64);

const levelsOf: Partial<Record<Arch, readonly Level[]>> = {
  arm64: [
    // fp, asimd.
    { name: 'armv8.0-a', needs: [bit(0), bit(1)] },
    // crc32, atomics, asimdrdm.
    { name: 'armv8.1-a', needs: [bit(7), bit(8), bit(12)] },
    // dcpop.
    { name: 'armv8.2-a', needs: [bit(16)] },
    // jscvt, fcma, lrcpc.
    { name: 'armv8.3-a', needs: [bit(13), bit(14), bit(15)] },
    // dit, uscat, ilrcpc, flagm.
    { name: 'armv8.4-a', needs: [bit(24), bit(25), bit(26), bit(27)] },
    // sb, dcpodp, flagm2, frint.
    { name: 'armv8.5-a', needs: [bit(29), second(0), second(7), second(8)] },
    // sve, sve2.
    { name: 'armv9.0-a', needs: [bit(22), second(1)] },
  ],
  ppc64le: [
    // PPC_FEATURE2_ARCH_2_07, _3_00, _3_1.
    { name: 'power8', needs: [second(31)] },
    { name: 'power9', needs: [second(23)] },
    { name: 'power10', needs: [second(18)] },
  ],
  s390x: [
    { name: 'z900', needs: [] },
    // vxrs, vxrs_ext, vxrs_ext2, nnpa.
    { name: 'z13', needs: [bit(11)] },
    { name: 'z14', needs: [bit(13)] },
    { name: 'z15', needs: [bit(15)] },
    { name: 'z16', needs: [bit(20)] },
  ],
  riscv64: [
    // One bit a letter: i, m, a, f, d, c, and v.
    { name: 'rv64gc', needs: [...'imafdc'].map(letterBit) },
    { name: 'rv64gcv', needs: [letterBit('v')] },
  ],
};

/** What programs ask for by name where an architecture has no levels. */
const featuresOf: Partial<Record<Arch, readonly (readonly [name: string, bit: bigint])[]>> = {
  'arm/v7': [
    ['NEON', bit(12)],
    ['VFPv4', bit(16)],
    ['division', bit(17)],
  ],
  mips64le: [
    ['release 6', bit(0)],
    ['MSA', bit(1)],
  ],
  loong64: [
    ['LSX', bit(4)],
    ['LASX', bit(5)],
  ],
};

export interface InstructionSet {
  /** Null where the architecture has no levels, or when it does not even have the first. */
  readonly level: string | null;
  /** For people: "x86-64-v3", "NEON, VFPv4". */
  readonly words: string;
}

/** By what the kernel, or the emulator in its place, tells programs (AT_HWCAP, AT_HWCAP2). */
export function instructionSet(arch: Arch, { auxv }: LookReport): InstructionSet {
  const has = (auxv.get(auxiliary.hwcap) ?? 0n) | ((auxv.get(auxiliary.hwcap2) ?? 0n) << 64n);
  const levels = levelsOf[arch];
  if (levels) {
    const level = highest(levels, (needed) => (has & needed) !== 0n);
    return { level, words: level ?? 'less than any level that is known' };
  }
  const features = (featuresOf[arch] ?? []).filter(([, needed]) => (has & needed) !== 0n);
  const names = features.map(([name]) => name).join(', ');
  return { level: null, words: names ? `with ${names}` : 'the base instruction set' };
}

/** Bytes that `cpuidProgram` writes. */
const cpuidBytes = 56;

/* Bits of leaf 1's ecx and edx, of leaf 7's ebx, and of 0x80000001's ecx. Levels: the x86-64 psABI. */
const x86Levels: readonly { name: string; ecx1?: number; edx1?: number; ebx7?: number; ecx8?: number }[] = [
  // cmov, cx8, fpu, fxsr, mmx, sse, sse2.
  { name: 'x86-64-v1', edx1: mask(15, 8, 0, 24, 23, 25, 26) },
  // cx16, popcnt, sse3, sse4.1, sse4.2, ssse3; lahf.
  { name: 'x86-64-v2', ecx1: mask(13, 23, 0, 19, 20, 9), ecx8: mask(0) },
  // fma, movbe, osxsave, avx, f16c; bmi1, avx2, bmi2; lzcnt.
  { name: 'x86-64-v3', ecx1: mask(12, 22, 27, 28, 29), ebx7: mask(3, 5, 8), ecx8: mask(5) },
  // avx512 f, dq, cd, bw, vl.
  { name: 'x86-64-v4', ebx7: mask(16, 17, 28, 30, 31) },
];

/** What the system must save for a program that uses AVX (xmm, ymm), and AVX-512 (opmask, zmm). Source: Intel SDM 13.3. */
const xcr0Needed: Readonly<Record<string, number>> = {
  'x86-64-v3': mask(1, 2),
  'x86-64-v4': mask(1, 2, 5, 6, 7),
};

/** By what CPUID says; null when `output` is not what `cpuidProgram` writes. */
export function x86InstructionSet(arch: Arch, output: Uint8Array): InstructionSet | null {
  if (output.byteLength !== cpuidBytes) return null;
  const view = new DataView(output.buffer, output.byteOffset, cpuidBytes);
  const all = (have: number, needed = 0): boolean => (have & needed) === (needed | 0);
  let level: string | null = null;
  for (const { name, ecx1, edx1, ebx7, ecx8 } of x86Levels) {
    const fits =
      all(view.getUint32(8, true), ecx1) &&
      all(view.getUint32(12, true), edx1) &&
      all(view.getUint32(20, true), ebx7) &&
      all(view.getUint32(40, true), ecx8) &&
      all(view.getUint32(48, true), xcr0Needed[name]);
    if (!fits) break;
    level = name;
  }
  const words = level ?? 'less than x86-64-v1';
  // Levels are of 64-bit programs; for 32-bit ones they say what the processor offers.
  return arch === 'amd64' ? { level, words } : { level: null, words: `the processor offers ${words}` };
}

function highest(levels: readonly Level[], has: (needed: bigint) => boolean): string | null {
  let level: string | null = null;
  for (const { name, needs } of levels) {
    if (!needs.every(has)) break;
    level = name;
  }
  return level;
}

function letterBit(letter: string): bigint {
  return bit(letter.charCodeAt(0) - 'a'.charCodeAt(0));
}

function mask(...bits: readonly number[]): number {
  return bits.reduce((sum, number) => sum | (1 << number), 0) >>> 0;
}
