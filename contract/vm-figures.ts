import { z } from 'zod';

const Bytes = z.number().int().nonnegative();

/** What a VM uses, as guest and host each see it. Sampled only while somebody looks. */
export const VmFigures = z.object({
  /** Epoch milliseconds. */
  at: z.number().nonnegative(),
  /** Host processor time of QEMU since the sample before, 1 being one whole core; null in the first sample. */
  cpuShare: z.number().nonnegative().nullable(),
  memory: z.object({
    guestTotalBytes: Bytes,
    /** What programs and kernel need: total less free less what can be dropped (MemTotal - MemAvailable). */
    guestUsedBytes: Bytes,
    /** Files the guest keeps in memory while it has room. */
    guestCacheBytes: Bytes,
    /** What QEMU holds of the host's memory (RSS). */
    hostResidentBytes: Bytes,
  }),
  disk: z.object({
    guestTotalBytes: Bytes,
    guestUsedBytes: Bytes,
    /** Space the disk's file takes on the host. */
    hostBytes: Bytes,
  }),
});
export type VmFigures = z.infer<typeof VmFigures>;

/** What giving disk space back to the host came to. */
export const Reclaimed = z.object({
  /** Space of the disk's file on the host. */
  beforeBytes: Bytes,
  afterBytes: Bytes,
});
export type Reclaimed = z.infer<typeof Reclaimed>;
