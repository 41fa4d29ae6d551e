import { z } from 'zod';
import { Arch } from '../contract/arch.ts';
import { EmulatorSuite } from '../contract/emulation.ts';

const Basics = {
  arch: Arch,
  /** Debian's suite which the emulator comes from; null where the VM's own processor runs it. */
  emulator: EmulatorSuite.nullable(),
  /** Debian's version of the emulator; null likewise. */
  emulatorVersion: z.string().nullable(),
  program: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Whether `dpkg --configure -a` had run in the program's system; its files are there in any case. */
  configured: z.boolean(),
};

/** What came of one program on one architecture under one emulator. */
export const Result = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('pass'),
    ...Basics,
    packageVersion: z.string(),
    /** From the container's start to its end. */
    seconds: z.number(),
  }),
  z.object({
    outcome: z.literal('fail'),
    ...Basics,
    packageVersion: z.string(),
    seconds: z.number(),
    /** "exit 139", "printed something else", "did not end within 600 s". */
    why: z.string(),
    /** The end of what it said. */
    output: z.string(),
    /** The doctor's rule and title, when it knows the failure. */
    verdict: z.object({ rule: z.string(), title: z.string() }).nullable(),
  }),
  /** Its system could not be made: the program itself was never started. */
  z.object({ outcome: z.literal('not-run'), ...Basics, why: z.string(), output: z.string() }),
]);
export type Result = z.infer<typeof Result>;
