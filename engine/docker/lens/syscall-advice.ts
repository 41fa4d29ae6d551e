import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What resources/syscall-advice holds: a text for each group of system calls. */
export const SyscallAdviceFile = z.object({
  advice: z.array(z.strictObject({ calls: z.array(z.string()).min(1), text: z.string() })),
});

/** Advice by a system call's name. */
export type SyscallAdvice = ReadonlyMap<string, string>;

/** Throws when the file, which is part of the program, is not as it should be. */
export async function readSyscallAdvice(path: string): Promise<SyscallAdvice> {
  const { advice } = SyscallAdviceFile.parse(JSON.parse(await readFile(path, 'utf8')));
  return new Map(advice.flatMap(({ calls, text }) => calls.map((call) => [call, text] as const)));
}
