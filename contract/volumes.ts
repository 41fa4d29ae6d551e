import { z } from 'zod';

/** Milliseconds since the Unix epoch. */
const EpochMs = z.number().nonnegative();

/** A container that refers to a volume or a network, running or not. Hostile text, as its maker wrote it. */
export const ObjectUser = z.object({ id: z.string(), name: z.string() });
export type ObjectUser = z.infer<typeof ObjectUser>;

/** A volume of Docker's in a VM. Names, labels and options are hostile text. */
export const Volume = z.object({
  vm: z.string(),
  name: z.string(),
  /** Docker gave it a name of 64 digits because nobody gave it one. */
  anonymous: z.boolean(),
  driver: z.string(),
  /** Its folder in the VM. */
  mountpoint: z.string(),
  createdAt: EpochMs.nullable(),
  labels: z.record(z.string(), z.string()),
  /** The driver's options, such as `type` and `device` of a mount. */
  options: z.record(z.string(), z.string()),
  composeProject: z.string().nullable(),
  users: z.array(ObjectUser),
  /** Null until somebody has had it measured. `at` is of the host's clock. */
  size: z.object({ bytes: z.number().int().nonnegative(), at: EpochMs }).nullable(),
  /** The VM or Docker is away: the row is the last thing known. */
  stale: z.boolean(),
});
export type Volume = z.infer<typeof Volume>;

/** A name for something new. Source: Docker's `RestrictedNamePattern`. */
export const NewObjectName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/, 'a name is two or more letters, digits, _, . and -');

/** Key of a volume in `State.volumes`. */
export function volumeKey(vm: string, name: string): string {
  return `${vm}/${name}`;
}
