import { z } from 'zod';

/** `unimp`: only what the emulator lacks (QEMU_LOG=unimp). `strace`: every call (QEMU_STRACE). */
export const LensMode = z.enum(['unimp', 'strace']);
export type LensMode = z.infer<typeof LensMode>;

/** One system call of the emulated program, all its occurrences together. */
export const LensCall = z.object({
  /** Null where the emulator printed a name only. */
  number: z.number().int().nonnegative().nullable(),
  /** By the architecture's own table, `io_uring_setup`; `syscall 999` when the table has none. */
  name: z.string(),
  count: z.number().int().positive(),
  /** How often each error came back, by errno name. */
  errors: z.record(z.string(), z.number().int().positive()),
  /** The emulator does not implement it. */
  unsupported: z.boolean(),
  /** What programs use it for and what usually helps; null when nothing is known. */
  advice: z.string().nullable(),
});
export type LensCall = z.infer<typeof LensCall>;

/** A container run again under observation; unsupported calls first, then by count. */
export const LensReport = z.object({
  /** The container that was looked at, not its copy. */
  container: z.string(),
  mode: LensMode,
  state: z.enum(['running', 'exited', 'stopped', 'failed']),
  exitCode: z.number().int().nullable(),
  startedAt: z.number().nonnegative(),
  elapsedMs: z.number().nonnegative(),
  calls: z.array(LensCall),
  /** The last lines as printed; hostile text. */
  tail: z.array(z.string()),
  /** Lines beyond what is read were left out. */
  truncated: z.boolean(),
  problem: z.string().nullable(),
});
export type LensReport = z.infer<typeof LensReport>;
