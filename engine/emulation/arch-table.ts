import { type Arch, arches, type HostArch } from '../../contract/arch.ts';
import type { ElfHeader } from './elf-header.ts';

/** What an ELF header says about the processor it is for. */
export interface ElfIdentity {
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** `e_machine`. */
  readonly machine: number;
}

/** Everything that is particular to one architecture. A new one is a new row. */
export interface ArchRow extends ElfIdentity {
  readonly arch: Arch;
  /** As `uname -m` prints it in a container of this architecture. */
  readonly uname: string;
  /** File name of the emulator, and of the binfmt_misc entry. */
  readonly emulator: string;
  /** For people: what such a processor is. */
  readonly words: string;
  /** First 20 bytes of its programs, hexadecimal, as /proc/sys/fs/binfmt_misc/NAME prints them. */
  readonly magic: string;
  readonly mask: string;
  /** `e_flags` of a program of today's ABI. */
  readonly elfFlags: number;
  /** Machine code of `exit(42)`, hexadecimal. */
  readonly exit42: string;
}

/*
 * Masks after tonistiigi/binfmt. Each leaves e_type's lowest bit free, which admits ET_EXEC and ET_DYN, and ignores
 * EI_OSABI, which glibc's static programs set.
 */
const littleEndianMask = 'ffffffffffffff00fffffffffffffffffeffffff';
const x86Mask = 'fffffffffffefe00fffffffffffffffffeffffff';
const bigEndianMask = 'ffffffffffffff00fffffffffffffffffffeffff';

/** One row an architecture of the contract, in its order. Magics and masks: tonistiigi/binfmt, QEMU's binfmt-conf. */
export const archTable: readonly ArchRow[] = [
  {
    arch: 'amd64',
    uname: 'x86_64',
    emulator: 'qemu-x86_64',
    words: '64-bit Intel and AMD',
    bits: 64,
    endian: 'little',
    machine: 62,
    magic: '7f454c4602010100000000000000000002003e00',
    mask: x86Mask,
    elfFlags: 0,
    exit42: 'b83c000000bf2a0000000f05',
  },
  {
    arch: '386',
    uname: 'i686',
    emulator: 'qemu-i386',
    words: '32-bit Intel and AMD',
    bits: 32,
    endian: 'little',
    machine: 3,
    magic: '7f454c4601010100000000000000000002000300',
    mask: x86Mask,
    elfFlags: 0,
    exit42: 'b801000000bb2a000000cd80',
  },
  {
    arch: 'arm64',
    uname: 'aarch64',
    emulator: 'qemu-aarch64',
    words: '64-bit Arm: Apple silicon, Graviton, Raspberry Pi',
    bits: 64,
    endian: 'little',
    machine: 183,
    magic: '7f454c460201010000000000000000000200b700',
    mask: littleEndianMask,
    elfFlags: 0,
    exit42: '400580d2a80b80d2010000d4',
  },
  {
    arch: 'arm/v7',
    uname: 'armv7l',
    emulator: 'qemu-arm',
    words: '32-bit Arm with hardware floating point',
    bits: 32,
    endian: 'little',
    machine: 40,
    magic: '7f454c4601010100000000000000000002002800',
    mask: littleEndianMask,
    // EF_ARM_EABI_VER5.
    elfFlags: 0x0500_0000,
    exit42: '2a00a0e30170a0e3000000ef',
  },
  {
    arch: 'riscv64',
    uname: 'riscv64',
    emulator: 'qemu-riscv64',
    words: '64-bit RISC-V',
    bits: 64,
    endian: 'little',
    machine: 243,
    magic: '7f454c460201010000000000000000000200f300',
    mask: littleEndianMask,
    elfFlags: 0,
    exit42: '1305a0029308d00573000000',
  },
  {
    arch: 'ppc64le',
    uname: 'ppc64le',
    emulator: 'qemu-ppc64le',
    words: 'IBM Power, little-endian',
    bits: 64,
    endian: 'little',
    machine: 21,
    magic: '7f454c4602010100000000000000000002001500',
    // The last byte free: the high byte of e_machine never tells Power from anything else.
    mask: 'ffffffffffffff00fffffffffffffffffeffff00',
    // ELFv2.
    elfFlags: 2,
    exit42: '2a0060380100003802000044',
  },
  {
    arch: 's390x',
    uname: 's390x',
    emulator: 'qemu-s390x',
    words: 'IBM Z',
    bits: 64,
    endian: 'big',
    machine: 22,
    magic: '7f454c4602020100000000000000000000020016',
    mask: bigEndianMask,
    elfFlags: 0,
    exit42: 'a729002aa71900010a00',
  },
  {
    arch: 'mips64le',
    uname: 'mips64',
    emulator: 'qemu-mips64el',
    words: '64-bit MIPS, little-endian',
    bits: 64,
    endian: 'little',
    machine: 8,
    magic: '7f454c4602010100000000000000000002000800',
    // EI_ABIVERSION free: MIPS compilers set it by floating-point ABI.
    mask: 'ffffffffffffff0000fffffffffffffffeffffff',
    // MIPS64r2, PIC, no reordering.
    elfFlags: 0x8000_0007,
    exit42: '2a000434c21302340c000000',
  },
  {
    arch: 'loong64',
    uname: 'loongarch64',
    emulator: 'qemu-loongarch64',
    words: 'Loongson, 64-bit LoongArch',
    bits: 64,
    endian: 'little',
    machine: 258,
    magic: '7f454c4602010100000000000000000002000201',
    mask: 'fffffffffffffffc00fffffffffffffffeffffff',
    // Double-precision ABI, object ABI version 1.
    elfFlags: 0x43,
    exit42: '04a8c0020b74c10200002b00',
  },
];

const rows = new Map(archTable.map((row) => [row.arch, row]));

export function archRow(arch: Arch): ArchRow {
  const row = rows.get(arch);
  if (!row) throw new TypeError(`the architecture table lacks ${arch} of ${arches.join(', ')}`);
  return row;
}

/** The architecture of a program with this header; null when the table has none. */
export function archOfHeader(header: ElfIdentity | ElfHeader): Arch | null {
  const found = archTable.find(
    (row) => row.bits === header.bits && row.endian === header.endian && row.machine === header.machine,
  );
  return found?.arch ?? null;
}

/**
 * What a VM's own processor runs for certain. 386: every amd64 processor and Debian's kernel (IA32_EMULATION). 32-bit
 * Arm is not here: many arm64 processors lack AArch32 (Apple's all do), so it counts as foreign until seen running.
 */
export function nativeArches(vmArch: Arch): readonly Arch[] {
  return vmArch === 'amd64' ? ['amd64', '386'] : [vmArch];
}

/** Foreign architectures which some processors of `vmArch` run all the same; worth a try before emulating them. */
export function perhapsNativeArches(vmArch: Arch): readonly Arch[] {
  return vmArch === 'arm64' ? ['arm/v7'] : [];
}

/** Whether a service VM can have this architecture. */
export function isHostArch(arch: Arch): arch is HostArch {
  return arch === 'amd64' || arch === 'arm64';
}
