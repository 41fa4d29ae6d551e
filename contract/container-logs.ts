import { z } from 'zod';

/** As many lines as a client can ask for and keep. */
export const maxLogLines = 100_000;

/** One line of a container's log; hostile text, its terminal colours included. */
export const LogLine = z.object({
  from: z.enum(['stdout', 'stderr']),
  /** Epoch milliseconds, by the guest's clock; null where the log driver keeps no times. */
  at: z.number().nullable(),
  text: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

/** Lines as they came since the batch before, oldest first. */
export const LogBatch = z.object({
  lines: z.array(LogLine),
  /** To be given as `after` to go on behind these lines; null where the log driver keeps no times. */
  cursor: z.string().nullable(),
});
export type LogBatch = z.infer<typeof LogBatch>;

export const LogQuery = z.object({
  /** The newest so many lines of what there is already. */
  tail: z.number().int().min(0).max(maxLogLines).default(5_000),
  /** A batch's `cursor`: only what came after it. */
  after: z
    .string()
    .regex(/^\d{1,12}\.\d{9}$/)
    .nullable()
    .default(null),
});
export type LogQuery = z.infer<typeof LogQuery>;
