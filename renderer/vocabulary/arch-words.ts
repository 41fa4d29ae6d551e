import type { Arch } from '../../contract/arch.ts';

/** What people call an architecture, and what a program inside sees from `uname -m`. */
export const archWords: Record<Arch, { title: string; machine: string }> = {
  amd64: { title: '64-bit Intel and AMD', machine: 'x86_64' },
  '386': { title: '32-bit Intel and AMD', machine: 'i686' },
  arm64: { title: '64-bit Arm', machine: 'aarch64' },
  'arm/v7': { title: '32-bit Arm', machine: 'armv7l' },
  riscv64: { title: '64-bit RISC-V', machine: 'riscv64' },
  ppc64le: { title: 'IBM POWER, little-endian', machine: 'ppc64le' },
  s390x: { title: 'IBM Z', machine: 's390x' },
  mips64le: { title: '64-bit MIPS, little-endian', machine: 'mips64' },
  loong64: { title: 'LoongArch, 64-bit', machine: 'loongarch64' },
};
