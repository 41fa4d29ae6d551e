import type { ArchRow } from '../arch-table.ts';
import { lookNameBytes, lookStackBytes } from './elf-program.ts';

/** What a program saw when it looked at its own stack. */
export interface LookReport {
  readonly argv0: string;
  /** Of the auxiliary vector, by AT_ number (include/uapi/linux/auxvec.h). */
  readonly auxv: ReadonlyMap<number, bigint>;
}

export const auxiliary = { hwcap: 16, uid: 11, euid: 12, secure: 23, hwcap2: 26 } as const;

/** Null when `output` is not what `look` writes. */
export function readLook(row: ArchRow, output: Uint8Array): LookReport | null {
  if (output.byteLength !== lookStackBytes + lookNameBytes) return null;
  const view = new DataView(output.buffer, output.byteOffset, lookStackBytes);
  const little = row.endian === 'little';
  const bytes = row.bits / 8;
  const words: bigint[] = [];
  for (let at = 0; at < lookStackBytes; at += bytes) {
    words.push(bytes === 8 ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little)));
  }
  // argc, argv and a zero, the environment and a zero, the vector's pairs and a zero.
  const argc = Number(words[0] ?? 0n);
  const environmentAt = argc + 2;
  const vectorAt = words.indexOf(0n, environmentAt) + 1;
  if (words[argc + 1] !== 0n || vectorAt === 0) return null;
  const auxv = new Map<number, bigint>();
  for (let at = vectorAt; at + 1 < words.length && words[at] !== 0n; at += 2) {
    auxv.set(Number(words[at]), words[at + 1] ?? 0n);
  }
  const name = Buffer.from(output.subarray(lookStackBytes));
  return { argv0: name.subarray(0, name.indexOf(0)).toString('utf8'), auxv };
}
