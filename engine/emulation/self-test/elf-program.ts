import type { ElfIdentity } from '../arch-table.ts';

/** What decides the shape of a program file: a row of the architecture table. */
export interface ProgramShape extends ElfIdentity {
  readonly elfFlags: number;
}

/** Any page-aligned address works; this one is free in every architecture's address space. */
const loadAddress = 0x40_0000;

/** Room for headers and code; behind it a program's table, at an address which every assembler source can name. */
const tableOffset = 0x400;

/** Where a program finds its table. */
export const tableAddress = loadAddress + tableOffset;

/**
 * So far below its stack pointer a program puts what it writes out. Not into its own pages: an emulator has to
 * translate a page of code anew after each store to it.
 */
export const scratchBytes = 2_048;

/** How much of its stack `look` writes: argc, argv, the environment's pointers and all of the auxiliary vector. */
export const lookStackBytes = 1_024;

/** How much `look` writes from argv[0] on. */
export const lookNameBytes = 64;

/** The largest page size of the table's architectures (ppc64le, loong64), which segment and offset must agree in. */
const segmentAlignBytes = 0x1_0000;

const readExecute = 5;

/**
 * The smallest program file: ELF header, one PT_LOAD, `code`, and `table`, if any, at `tableAddress`. It needs no
 * loader, no library and no file.
 */
export function elfProgram(shape: ProgramShape, code: Uint8Array, table?: Uint8Array): Uint8Array {
  const wide = shape.bits === 64;
  const headerBytes = wide ? 64 : 52;
  const segmentHeaderBytes = wide ? 56 : 32;
  const codeOffset = headerBytes + segmentHeaderBytes;
  if (table && codeOffset + code.byteLength > tableOffset) {
    throw new TypeError(`${code.byteLength} bytes of code reach into the table`);
  }
  const sizeBytes = table ? tableOffset + table.byteLength : codeOffset + code.byteLength;
  const file = new Uint8Array(sizeBytes);
  const view = new DataView(file.buffer);
  const little = shape.endian === 'little';
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
  put(2, shape.machine);
  put(4, 1); // e_version
  put('word', loadAddress + codeOffset); // e_entry
  put('word', headerBytes); // e_phoff
  put('word', 0); // e_shoff
  put(4, shape.elfFlags);
  put(2, headerBytes);
  put(2, segmentHeaderBytes);
  put(2, 1); // e_phnum
  put(2, 0); // e_shentsize
  put(2, 0); // e_shnum
  put(2, 0); // e_shstrndx

  put(4, 1); // p_type: PT_LOAD
  if (wide) put(4, readExecute); // p_flags
  put('word', 0); // p_offset
  put('word', loadAddress); // p_vaddr
  put('word', loadAddress); // p_paddr
  put('word', sizeBytes); // p_filesz
  put('word', sizeBytes); // p_memsz
  if (!wide) put(4, readExecute);
  put('word', segmentAlignBytes);
  file.set(code, codeOffset);
  if (table) file.set(table, tableOffset);
  return file;
}
