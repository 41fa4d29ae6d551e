import { z } from 'zod';
import { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';

/** What the next engine must know to take over a QEMU. What QEMU itself can tell (ports, UUID) is asked of it. */
const RunFile = z.object({
  version: z.literal(2),
  pid: z.number().int().positive(),
  uuid: z.string(),
  /** False until the guest's init spoke under this accelerator; such a QEMU is ended, not adopted. */
  proved: z.boolean(),
  spawnedAt: z.number(),
  qemuVersion: z.string(),
  accelerator: Accelerator,
  trials: z.array(AcceleratorTrial),
  imageId: z.string(),
  kernelVersion: z.string(),
  /** Epoch milliseconds; before `spawnedAt` where the guest was resumed. */
  bootedAt: z.number(),
  processor: z.string().nullable(),
  shape: z.array(z.string()),
  size: z.object({ cpus: z.number().int(), memoryMiB: z.number().int() }),
  /** For people: what runs. */
  commandLine: z.array(z.string()),
});
export type RunFile = z.infer<typeof RunFile>;

export async function writeRunFile(path: string, run: RunFile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(run, null, 2)}\n`);
}

/** Undefined when there is none, or none that this engine understands. */
export async function readRunFile(path: string): Promise<RunFile | undefined> {
  const text = await readFileIfAny(path);
  if (text === undefined) return undefined;
  try {
    return RunFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
