/** The part of an ELF header that tells whom a program is for. Source: elf(5). */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** `e_type`: 2 fixed address, 3 position independent. */
  readonly type: number;
  /** `e_machine`. */
  readonly machine: number;
}

/** Bytes of a file that `readElfHeader` wants: up to and with `e_machine`. */
export const elfHeaderBytes = 20;

const programHeaderTypeInterpreter = 3;

/** Null when the bytes are no ELF file's beginning. */
export function readElfHeader(bytes: Uint8Array): ElfHeader | null {
  if (bytes.byteLength < elfHeaderBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x7f45_4c46) return null;
  const elfClass = view.getUint8(4);
  const data = view.getUint8(5);
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return null;
  const little = data === 1;
  return {
    bits: elfClass === 1 ? 32 : 64,
    endian: little ? 'little' : 'big',
    type: view.getUint16(16, little),
    machine: view.getUint16(18, little),
  };
}

/**
 * Whether the program names a dynamic loader (PT_INTERP). Flag F carries one open file into a container, not its
 * libraries, so an emulator must not. `file` is the whole file or at least its program headers.
 */
export function needsLoader(file: Uint8Array): boolean {
  const header = readElfHeader(file);
  if (!header) return false;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const little = header.endian === 'little';
  const wide = header.bits === 64;
  const tableOffset = wide ? Number(view.getBigUint64(32, little)) : view.getUint32(28, little);
  const entryBytes = view.getUint16(wide ? 54 : 42, little);
  const entries = view.getUint16(wide ? 56 : 44, little);
  for (let index = 0; index < entries; index += 1) {
    const offset = tableOffset + index * entryBytes;
    if (offset + 4 > file.byteLength) return false;
    if (view.getUint32(offset, little) === programHeaderTypeInterpreter) return true;
  }
  return false;
}
