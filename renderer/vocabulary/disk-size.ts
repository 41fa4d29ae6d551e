import { Settings } from '../../contract/records.ts';

/** The size a person typed for a data disk which has one already, or why it cannot have that one. */
export type DiskSize = { currentGiB: number } & ({ diskGiB: number } | { problem: string });

const bytesPerGiB = 1024 ** 3;

/** Reads whole GiB; the bounds are the contract's own. Not less than now: file systems and their data do not shrink. */
export function readDiskSize(typed: string, currentBytes: number): DiskSize {
  const currentGiB = Math.round(currentBytes / bytesPerGiB);
  const text = typed.trim();
  const parsed = Settings.shape.diskGiB.safeParse(/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (!parsed.success) return { currentGiB, problem: 'A whole number of GiB, at least 4.' };
  if (parsed.data < currentGiB) {
    return { currentGiB, problem: `It holds ${currentGiB} GiB already, and a disk cannot be made smaller.` };
  }
  return { currentGiB, diskGiB: parsed.data };
}
