import { z } from 'zod';

const Bytes = z.number().nonnegative();

/** What one container uses, out of its cgroup (Linux, cgroup-v2.rst). */
export const ContainerUsage = z.object({
  /** Processor time since it started, processes that have ended included. */
  cpuMs: z.number().nonnegative(),
  /** Memory in use, without files that can be dropped at any time: what `docker stats` shows. */
  memoryBytes: Bytes,
  /** Null: as much as the VM has. */
  memoryLimitBytes: Bytes.nullable(),
  /** The following only where the sample is of one container; null where the guest does not say. */
  processes: z.number().int().nonnegative().nullable(),
  readBytes: Bytes.nullable(),
  writtenBytes: Bytes.nullable(),
  receivedBytes: Bytes.nullable(),
  sentBytes: Bytes.nullable(),
});
export type ContainerUsage = z.infer<typeof ContainerUsage>;

/** What the running containers of a VM used at one moment. */
export const UsageSample = z.object({
  /** Epoch milliseconds. */
  at: z.number().nonnegative(),
  /** The guest's own clock, milliseconds since some moment: what passed between two samples, however late they came. */
  guestMs: z.number().nonnegative(),
  /** By container id. */
  containers: z.record(z.string(), ContainerUsage),
});
export type UsageSample = z.infer<typeof UsageSample>;
