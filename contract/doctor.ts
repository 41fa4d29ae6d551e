import { z } from 'zod';
import { Arch } from './arch.ts';
import { EmulatorSuite } from './emulation.ts';

/** Milliseconds since the Unix epoch, by the host's clock. */
const EpochMs = z.number().nonnegative();

/** A variable for a container: names as POSIX has them; values never come from a log. */
export const EnvironmentVariables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string());

/**
 * What one click does about a failure. `advice` does nothing by itself; every kind may carry a command to copy. What
 * it is done with comes out of the catalogue and Docker's own records, never out of a log line.
 */
const fixBasics = {
  /** Unique within its diagnosis: names the fix to `doctor.fix`. */
  id: z.string(),
  /** A button's words: "Switch arm64 on". */
  label: z.string(),
  /** What it does and what it costs, a sentence. */
  detail: z.string(),
  /** The same by hand, for a terminal; null when there is no such command. */
  command: z.string().nullable(),
  /** Null when it can be done now; otherwise why not. */
  unavailable: z.string().nullable(),
  /** This fix made this image run before. */
  workedBefore: z.boolean(),
};
export const Fix = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('switch-on'), arch: Arch, ...fixBasics }),
  z.object({ kind: z.literal('use-emulator'), arch: Arch, suite: EmulatorSuite, ...fixBasics }),
  /** Pulls this platform of the container's image and runs the container again with it. */
  z.object({ kind: z.literal('use-platform'), image: z.string(), arch: Arch, ...fixBasics }),
  /** Runs the container again with these variables and arguments behind its own. */
  z.object({
    kind: z.literal('run-again'),
    env: EnvironmentVariables,
    arguments: z.array(z.string()),
    /** Directories that become a tmpfs. */
    tmpfs: z.array(z.string()),
    ...fixBasics,
  }),
  z.object({ kind: z.literal('foreign-vm'), arch: Arch, ...fixBasics }),
  z.object({ kind: z.literal('advice'), ...fixBasics }),
]);
export type Fix = z.infer<typeof Fix>;

/** Why a container failed, as far as exit code, handler, process and log agree. */
export const Diagnosis = z.object({
  /** The catalogue's row: `no-handler`, `guest-sigsegv`. */
  rule: z.string(),
  at: EpochMs,
  /** One line: "arm64 programs do not run in this VM". */
  title: z.string(),
  /** The cause in plain words. */
  cause: z.string(),
  /** What it is concluded from, each a short line; log lines among them are hostile text. */
  evidence: z.array(z.string()),
  /** Best first. */
  fixes: z.array(Fix),
  /** Where this is known from. */
  source: z.url({ protocol: /^https$/ }).nullable(),
  arch: Arch.nullable(),
  /** Binary and version, as in the container's record. */
  emulator: z.string().nullable(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

/** What applying a fix did. */
export const FixOutcome = z.object({
  /** The container that runs now; null for a fix that starts none. */
  container: z.string().nullable(),
  /** Plain words for a person. */
  message: z.string(),
});
export type FixOutcome = z.infer<typeof FixOutcome>;

/** A fix after which the image's container ran; offered first the next time. */
export const RememberedFix = z.object({
  /** The image's reference without digest, as the container names it. */
  image: z.string(),
  arch: Arch.nullable(),
  rule: z.string(),
  fix: z.string(),
  label: z.string(),
  emulatorVersion: z.string().nullable(),
  at: EpochMs,
});
export type RememberedFix = z.infer<typeof RememberedFix>;
