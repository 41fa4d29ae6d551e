import { describe, expect, it } from 'vitest';
import { arches } from '../../../contract/arch.ts';
import { syscallName, syscallNumber } from './syscall-name.ts';

describe('system call tables', () => {
  // From syscall(2)'s and each architecture's own headers: the first calls anybody looks up.
  it.each([
    ['amd64', 60, 'exit', 101, 'ptrace'],
    ['386', 1, 'exit', 26, 'ptrace'],
    ['arm64', 93, 'exit', 117, 'ptrace'],
    ['arm/v7', 1, 'exit', 26, 'ptrace'],
    ['riscv64', 93, 'exit', 259, 'riscv_flush_icache'],
    ['ppc64le', 1, 'exit', 26, 'ptrace'],
    ['s390x', 1, 'exit', 26, 'ptrace'],
    ['mips64le', 5058, 'exit', 5099, 'ptrace'],
    ['loong64', 93, 'exit', 0, 'io_setup'],
  ] as const)('names the calls of %s', (arch, exitNumber, exit, otherNumber, other) => {
    expect(syscallName(arch, exitNumber)).toBe(exit);
    expect(syscallName(arch, otherNumber)).toBe(other);
    expect(syscallNumber(arch, other)).toBe(otherNumber);
  });

  it.each(arches)('gives the calls of today their common numbers on %s', (arch) => {
    // Since Linux 5.1 every architecture counts on alike; MIPS from 5000.
    const base = arch === 'mips64le' ? 5_000 : 0;
    expect(syscallName(arch, base + 425)).toBe('io_uring_setup');
    expect(syscallName(arch, base + 435)).toBe('clone3');
    expect(syscallName(arch, base + 462)).toBe('mseal');
  });

  it.each(arches)('has no name for what %s has not', (arch) => {
    expect(syscallName(arch, 999)).toBeNull();
    expect(syscallNumber(arch, 'no_such_call')).toBeNull();
  });

  it('keeps apart what architectures with the common table do not share', () => {
    expect(syscallName('riscv64', 258)).toBe('riscv_hwprobe');
    expect(syscallName('arm64', 258)).toBeNull();
    expect(syscallName('arm64', 38)).toBe('renameat');
    expect(syscallName('loong64', 38)).toBeNull();
    expect(syscallName('amd64', 0)).toBe('read');
    expect(syscallNumber('riscv64', 'io_setup')).toBe(0);
    expect(syscallNumber('arm64', 'fork')).toBeNull();
  });
});
