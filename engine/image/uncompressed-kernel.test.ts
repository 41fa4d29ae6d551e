import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { uncompressedKernel } from './uncompressed-kernel.ts';

const pvhEntry = 18;

describe('uncompressedKernel', () => {
  it('unpacks the ELF file of a bzImage whose kernel can be entered directly', async () => {
    const elf = elfWithNotes([
      { owner: 'Linux', type: 0, description: Buffer.from('6.12') },
      { owner: 'Xen', type: pvhEntry, description: Buffer.alloc(8) },
    ]);
    expect(await uncompressedKernel(bzImage(zstdCompressSync(elf)))).toEqual(elf);
  });

  it('leaves a kernel alone which has no such entry', async () => {
    const elf = elfWithNotes([
      { owner: 'Xen', type: 6, description: Buffer.from('linux') },
      { owner: 'GNU', type: pvhEntry, description: Buffer.alloc(8) },
    ]);
    expect(await uncompressedKernel(bzImage(zstdCompressSync(elf)))).toBeNull();
  });

  it('leaves other compressions alone', async () => {
    expect(await uncompressedKernel(bzImage(Buffer.from('fd377a585a000000', 'hex')))).toBeNull();
  });

  it('leaves an arm64 Image alone, and what is too short for any header', async () => {
    const image = Buffer.alloc(4_096);
    image.write('ARM\x64', 0x38, 'latin1');
    expect(await uncompressedKernel(image)).toBeNull();
    expect(await uncompressedKernel(Buffer.from('MZ'))).toBeNull();
  });

  it('fails on a payload that is damaged', async () => {
    const compressed = zstdCompressSync(elfWithNotes([]));
    await expect(uncompressedKernel(bzImage(compressed.subarray(0, -8)))).rejects.toThrow();
  });
});

/** Two setup sectors, then sixteen bytes of the unpacking code, the payload and its size field. */
function bzImage(payload: Buffer): Buffer {
  const setup = Buffer.alloc(3 * 512);
  setup.writeUInt8(2, 0x1f1);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x20f, 0x206);
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length + 4, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(16, 0x90), payload, Buffer.alloc(4), Buffer.alloc(100)]);
}

function elfWithNotes(notes: { owner: string; type: number; description: Buffer }[]): Buffer {
  const segment = Buffer.concat(
    notes.map(({ owner, type, description }) => {
      const head = Buffer.alloc(12);
      head.writeUInt32LE(owner.length + 1, 0);
      head.writeUInt32LE(description.length, 4);
      head.writeUInt32LE(type, 8);
      return Buffer.concat([head, padded(Buffer.from(`${owner}\0`)), padded(description)]);
    }),
  );
  const header = Buffer.alloc(64 + 2 * 56);
  header.write('\x7fELF', 0, 'latin1');
  header.writeBigUInt64LE(64n, 0x20);
  header.writeUInt16LE(56, 0x36);
  header.writeUInt16LE(2, 0x38);
  header.writeUInt32LE(1, 64);
  header.writeUInt32LE(4, 64 + 56);
  header.writeBigUInt64LE(BigInt(header.length), 64 + 56 + 0x08);
  header.writeBigUInt64LE(BigInt(segment.length), 64 + 56 + 0x20);
  return Buffer.concat([header, segment]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
