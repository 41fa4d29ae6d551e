import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposedImage } from '../vm/ports.ts';

/** Where the guest is loaded: the first address above the BIOS's. */
const loadAddress = 0x100000;

const headerBytes = 32;

/** x86 machine code, protected mode, which a guest ends with. */
const endings = {
  /** hlt; jmp back */
  halt: [0xf4, 0xeb, 0xfd],
  /** lidt of an empty table, int3: a triple fault resets the machine, as a kernel's panic does. */
  reset: [0x0f, 0x01, 0x1d, 0x00, 0x00, 0x00, 0x00, 0xcc],
  /**
   * For ever: a letter and a line end to COM1, then the next letter of the alphabet after a while of counting to 2^24.
   * mov bl, 'a'; next: mov al, bl; out; mov al, '\n'; out; inc bl; cmp bl, '{'; jne skip; mov bl, 'a';
   * skip: mov ecx, 2^24; loop itself; jmp next
   */
  count: [
    ...[0xb3, 0x61, 0x88, 0xd8, 0xee, 0xb0, 0x0a, 0xee, 0xfe, 0xc3, 0x80, 0xfb, 0x7b, 0x75, 0x02, 0xb3, 0x61],
    ...[0xb9, 0x00, 0x00, 0x00, 0x01, 0xe2, 0xfe, 0xeb, 0xe8],
  ],
  /** out 0x604, 0x2000: q35's ACPI register switches it off. */
  poweroff: [0x66, 0xba, 0x04, 0x06, 0x66, 0xb8, 0x00, 0x20, 0x66, 0xef, 0xf4],
} as const;

/**
 * The smallest real guest: an amd64 kernel by the Multiboot specification (flat, a.out kludge) that writes `text` to
 * the serial console and then ends. It lets tests boot QEMU in tenths of a second, without Debian, disks or network.
 */
export async function tinyGuest(
  folder: string,
  options: { text: string; end?: keyof typeof endings },
): Promise<ComposedImage> {
  const kernelPath = join(folder, 'kernel');
  const rootPath = join(folder, 'root.img');
  const initrdPath = join(folder, 'initrd');
  await writeFile(kernelPath, kernel(options.text, options.end ?? 'halt'));
  const root = Buffer.alloc(1024 * 1024);
  await writeFile(rootPath, root);
  await writeFile(initrdPath, 'initrd');
  return {
    record: {
      id: 'tiny',
      template: 'tiny',
      arch: 'amd64',
      createdAt: 0,
      packages: 0,
      rootBytes: 0,
      kernelVersion: 'tiny',
      versions: {},
    },
    kernelPath,
    emulatedKernelPath: kernelPath,
    rootPath,
    rootSha256: createHash('sha256').update(root).digest('hex'),
    initrdPath,
    console: 'ttyS0',
    kernelCommandLine: '',
    emulatedKernelCommandLine: '',
  };
}

function kernel(text: string, end: keyof typeof endings): Buffer {
  const code = (textAddress: number): number[] => [
    ...[0xbe, ...littleEndian(textAddress)], // mov esi, text
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, COM1
    0xac, // next: lodsb
    ...[0x84, 0xc0], // test al, al
    ...[0x74, 0x03], // jz end
    0xee, // out dx, al
    ...[0xeb, 0xf8], // jmp next
    ...endings[end],
  ];
  const textAddress = loadAddress + headerBytes + code(0).length;
  const body = Buffer.concat([Buffer.from(code(textAddress)), Buffer.from(`${text}\0`)]);
  const magic = 0x1badb002;
  const addressesFollow = 0x10000;
  const loadEnd = loadAddress + headerBytes + body.length;
  const header = [
    magic,
    addressesFollow,
    (0x1_0000_0000 - magic - addressesFollow) % 0x1_0000_0000,
    loadAddress,
    loadAddress,
    loadEnd,
    loadEnd,
    loadAddress + headerBytes,
  ];
  return Buffer.concat([Buffer.from(header.flatMap(littleEndian)), body]);
}

function littleEndian(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}
