import { z } from 'zod';
import { NewObjectName, ObjectUser } from './volumes.ts';

/** Milliseconds since the Unix epoch. */
const EpochMs = z.number().nonnegative();

/** A network of Docker's in a VM. Names and labels are hostile text. */
export const Network = z.object({
  vm: z.string(),
  id: z.string(),
  name: z.string(),
  /** `bridge`, `host`, `null`, or a plugin's. */
  driver: z.string(),
  /** One of Docker's own three, which cannot be removed. */
  builtIn: z.boolean(),
  /** Without a way out of the VM. */
  internal: z.boolean(),
  subnets: z.array(z.object({ subnet: z.string(), gateway: z.string().nullable() })),
  createdAt: EpochMs.nullable(),
  labels: z.record(z.string(), z.string()),
  composeProject: z.string().nullable(),
  /** `address` is the container's own in this network; null while it does not run. */
  users: z.array(z.object({ ...ObjectUser.shape, address: z.string().nullable() })),
  /** The VM or Docker is away: the row is the last thing known. */
  stale: z.boolean(),
});
export type Network = z.infer<typeof Network>;

/** A bridge network to be made. */
export const NewNetwork = z.object({
  name: NewObjectName,
  internal: z.boolean(),
  /** Such as `172.30.0.0/16`; null: Docker chooses one. */
  subnet: z.cidrv4().nullable(),
});
export type NewNetwork = z.infer<typeof NewNetwork>;

/** A container that joins a network, or leaves it. */
export const NetworkMember = z.object({
  /** The network's. */
  id: z.string().min(1).max(500),
  container: z.string().min(1).max(500),
});
export type NetworkMember = z.infer<typeof NetworkMember>;

/** Key of a network in `State.networks`. */
export function networkKey(vm: string, id: string): string {
  return `${vm}/${id}`;
}
