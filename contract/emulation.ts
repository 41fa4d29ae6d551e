import { z } from 'zod';

/** Milliseconds since the Unix epoch, by the host's clock. */
const EpochMs = z.number().nonnegative();

/** Which of Debian's suites an emulator comes out of: two are kept side by side. */
export const emulatorSuites = ['stable', 'backports'] as const;
export const EmulatorSuite = z.enum(emulatorSuites);
export type EmulatorSuite = z.infer<typeof EmulatorSuite>;

/** One version of an architecture's emulator which can be used, now or after a download. */
export const EmulatorChoice = z.object({
  /** Null for one that lies in the VM and is in no suite any more. */
  suite: EmulatorSuite.nullable(),
  /** Debian's version without the epoch, `10.0.13+ds-0+deb13u1`; null until the suite has been asked. */
  version: z.string().nullable(),
  /** Lies on the VM's data disk: using it needs no download. */
  ready: z.boolean(),
  /** What this project chooses for the architecture when nobody else does. */
  recommended: z.boolean(),
  /** New programs run under it. */
  current: z.boolean(),
  /** What ran before the last switch: rolling back uses it. */
  previous: z.boolean(),
});
export type EmulatorChoice = z.infer<typeof EmulatorChoice>;

/** What somebody else changed about a handler, and what was done about it. */
export const Drift = z.object({
  at: EpochMs,
  /** Plain words, one for each change: "the entry qemu-aarch64 was removed". */
  changes: z.array(z.string()),
  /** How often it was put back within the last ten minutes. */
  restores: z.number().int().nonnegative(),
  /** It is not put back any more: a person has to say which side is right. Switching on resumes. */
  stopped: z.boolean(),
});
export type Drift = z.infer<typeof Drift>;

/** What emulation costs in this VM, measured there with one and the same program, native and emulated. */
export const Price = z.object({
  at: EpochMs,
  /** How many times as long a loop takes. */
  loopFactor: z.number().positive(),
  nativeLoopMs: z.number().nonnegative(),
  emulatedLoopMs: z.number().nonnegative(),
  /** From fork to exit of the smallest program. */
  nativeExecMs: z.number().nonnegative(),
  emulatedExecMs: z.number().nonnegative(),
  emulatorVersion: z.string(),
});
export type Price = z.infer<typeof Price>;

/** What uses a handler at this moment: what to know before switching it off. */
export const HandlerUse = z.object({
  at: EpochMs,
  containers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Hostile text, as every program chooses its own. */
      processes: z.array(z.object({ pid: z.number().int(), argv: z.array(z.string()) })),
      /** Under which versions they run. */
      emulatorVersions: z.array(z.string()),
    }),
  ),
  /** Emulated processes outside of containers. */
  others: z.array(z.object({ pid: z.number().int(), argv: z.array(z.string()) })),
  /** Plain words: what goes on, and what breaks at the next exec. */
  consequences: z.array(z.string()),
});
export type HandlerUse = z.infer<typeof HandlerUse>;
