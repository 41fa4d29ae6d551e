import { z } from 'zod';
import { WireError } from './errors.ts';

/** What a VM does when it is stopped: keep its memory in a file and go on later, or power off. */
export const StopBy = z.enum(['suspend', 'shut-down']);
export type StopBy = z.infer<typeof StopBy>;

/** The memory and devices of a suspended VM, in a file beside its disk. It is used once. */
export const SavedState = z.object({
  /** Epoch milliseconds. */
  savedAt: z.number().nonnegative(),
  /** Space its file takes on the host. */
  bytes: z.number().int().nonnegative(),
  /** Null while it fits this QEMU, image, command line and disk; otherwise what has changed since. */
  problem: WireError.nullable(),
});
export type SavedState = z.infer<typeof SavedState>;
