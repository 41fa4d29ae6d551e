import { describe, expect, it } from 'vitest';
import type { Arch } from '../../../contract/arch.ts';
import { instructionSet, x86InstructionSet } from './instruction-set.ts';

/** As the program wrote them: leaves 1, 7 and 0x80000001, and XCR0. */
const recorded = {
  // qemu-x86_64 10.0.13, its default processor.
  qemu: '63060000000800000b32fafffdfbcb0f01000000a9479c210c024180100000a4630600000000000077030000fdfbd3ef1f02000000000000',
  // A server with AVX-512.
  server:
    '110fa100000802000332fafffffb8b1701000000ab07bff1c65f400010000000110fa10000000040f3034000fffbd32fe700000000000000',
};

describe('x86 levels', () => {
  const level = (output: Buffer): string | null | undefined => x86InstructionSet('amd64', output)?.level;

  it('are read from CPUID', () => {
    expect(level(Buffer.from(recorded.qemu, 'hex'))).toBe('x86-64-v3');
    expect(level(Buffer.from(recorded.server, 'hex'))).toBe('x86-64-v4');
  });

  it('end where the system does not save the registers', () => {
    const output = Buffer.from(recorded.server, 'hex');
    // XCR0: x87 and SSE; then AVX as well.
    output.writeUInt32LE(0x3, 48);
    expect(level(output)).toBe('x86-64-v2');
    output.writeUInt32LE(0x7, 48);
    expect(level(output)).toBe('x86-64-v3');
  });

  it('end at the first bit that is missing', () => {
    const output = Buffer.from(recorded.server, 'hex');
    // Without SSE4.2 (leaf 1, ecx bit 20).
    output.writeInt32LE(output.readInt32LE(8) & ~(1 << 20), 8);
    expect(level(output)).toBe('x86-64-v1');
  });

  it('are no level of 32-bit programs', () => {
    expect(x86InstructionSet('386', Buffer.from(recorded.qemu, 'hex'))).toEqual({
      level: null,
      words: 'the processor offers x86-64-v3',
    });
  });

  it('are unknown when the program wrote something else', () => {
    expect(x86InstructionSet('amd64', Buffer.alloc(12))).toBeNull();
  });
});

describe('what programs are told', () => {
  // AT_HWCAP and AT_HWCAP2 under QEMU 10.0.13, recorded.
  it.each<[Arch, bigint, bigint, string | null, string]>([
    ['arm64', 0xefff_fffbn, 0x1800_7fc7_7fffn, 'armv9.0-a', 'armv9.0-a'],
    ['arm/v7', 0xfdf_b0d7n, 0x7fn, null, 'with NEON, VFPv4, division'],
    ['riscv64', 0x20_112dn, 0n, 'rv64gcv', 'rv64gcv'],
    ['ppc64le', 0x5800_0580n, 0x8ee0_0000n, 'power9', 'power9'],
    ['s390x', 0xab3fn, 0n, 'z15', 'z15'],
    ['mips64le', 0n, 0n, null, 'the base instruction set'],
    ['loong64', 0x7en, 0n, null, 'with LSX, LASX'],
  ])('on %s', (arch, hwcap, hwcap2, level, words) => {
    const auxv = new Map([
      [16, hwcap],
      [26, hwcap2],
    ]);
    expect(instructionSet(arch, { argv0: '', auxv })).toEqual({ level, words });
  });

  it('may be an early level', () => {
    // A Cortex-A72: fp, asimd, aes, pmull, sha1, sha2, crc32.
    const auxv = new Map([[16, 0xffn]]);
    expect(instructionSet('arm64', { argv0: '', auxv }).level).toBe('armv8.0-a');
    expect(instructionSet('arm64', { argv0: '', auxv: new Map() })).toEqual({
      level: null,
      words: 'less than any level that is known',
    });
  });
});
