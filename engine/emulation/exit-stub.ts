import type { ArchRow } from './arch-table.ts';

/** Exit status of the stub: neither 0, nor a shell's, nor a signal's. */
export const stubExitCode = 42;

/** Any page-aligned address works; this one is free in every architecture's address space. */
const loadAddress = 0x40_0000;

/** The largest page size of the table's architectures (ppc64le, loong64), which segment and offset must agree in. */
const segmentAlignBytes = 0x1_0000;

/**
 * The smallest program of an architecture: ELF header, one PT_LOAD and the code of `exit(42)`; it needs no loader,
 * no library and no file. It runs in an empty chroot exactly when kernel, entry and emulator are right.
 */
export function exitStub(row: ArchRow): Uint8Array {
  const code = Buffer.from(row.exit42, 'hex');
  const wide = row.bits === 64;
  const headerBytes = wide ? 64 : 52;
  const segmentHeaderBytes = wide ? 56 : 32;
  const codeOffset = headerBytes + segmentHeaderBytes;
  const sizeBytes = codeOffset + code.byteLength;
  const file = new Uint8Array(sizeBytes);
  const view = new DataView(file.buffer);
  const little = row.endian === 'little';
  let at = 0;
  const put = (size: 1 | 2 | 4 | 'word', value: number): void => {
    const bytes = size === 'word' ? (wide ? 8 : 4) : size;
    if (bytes === 8) view.setBigUint64(at, BigInt(value), little);
    else if (bytes === 4) view.setUint32(at, value, little);
    else if (bytes === 2) view.setUint16(at, value, little);
    else view.setUint8(at, value);
    at += bytes;
  };

  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  at = 16;
  put(2, 2); // e_type: ET_EXEC
  put(2, row.machine);
  put(4, 1); // e_version
  put('word', loadAddress + codeOffset); // e_entry
  put('word', headerBytes); // e_phoff
  put('word', 0); // e_shoff
  put(4, row.elfFlags);
  put(2, headerBytes);
  put(2, segmentHeaderBytes);
  put(2, 1); // e_phnum
  put(2, 0); // e_shentsize
  put(2, 0); // e_shnum
  put(2, 0); // e_shstrndx

  put(4, 1); // p_type: PT_LOAD
  if (wide) put(4, 5); // p_flags: read, execute
  put('word', 0); // p_offset
  put('word', loadAddress); // p_vaddr
  put('word', loadAddress); // p_paddr
  put('word', sizeBytes); // p_filesz
  put('word', sizeBytes); // p_memsz
  if (!wide) put(4, 5);
  put('word', segmentAlignBytes);
  file.set(code, codeOffset);
  return file;
}
