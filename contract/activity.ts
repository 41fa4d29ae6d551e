import { z } from 'zod';

/** Every entry has these. `id` rises by one from entry to entry. */
const entryBasics = {
  id: z.number().int(),
  vm: z.string(),
  /** Milliseconds since the Unix epoch: Docker's events by the VM's clock, all else by the host's. */
  at: z.number().nonnegative(),
};

/** Something that happened. Names and details are hostile text. */
export const ActivityEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('docker'),
    ...entryBasics,
    /** `container`, `image`, `volume`, `network`, `builder`, … */
    type: z.string(),
    /** Docker's word: `start`, `die`, `pull`, `prune`. */
    action: z.string(),
    /** Id of what it happened to, a volume's name; empty when it is of nothing in particular. */
    subject: z.string(),
    name: z.string(),
    /** What else is worth knowing, "exit code 137"; empty when nothing is. */
    note: z.string(),
  }),
  z.object({
    kind: z.literal('doctor'),
    ...entryBasics,
    /** The container's id. */
    subject: z.string(),
    name: z.string(),
    /** The catalogue's row, and its verdict in one line. */
    rule: z.string(),
    title: z.string(),
  }),
  z.object({
    /** A container was not created or started, since what it was to see of the host is not shared. */
    kind: z.literal('refused-mount'),
    ...entryBasics,
    /** Absolute, of the host; at least one. */
    paths: z.array(z.string()),
    /** Empty where it was given none. */
    name: z.string(),
    /** Empty where an existing container was to be started. */
    image: z.string(),
  }),
]);
export type ActivityEntry = z.infer<typeof ActivityEntry>;
