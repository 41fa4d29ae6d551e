import { z } from 'zod';

export const PortNumber = z.number().int().min(1).max(65_535);

export const PortProtocol = z.enum(['tcp', 'udp']);
export type PortProtocol = z.infer<typeof PortProtocol>;

export const portProblemReasons = [
  /** Another program of the host listens there. */
  'taken',
  /** The host lets only root listen on it. */
  'not-permitted',
  /** The host does not have that address, or not at the moment. */
  'no-address',
  /** An address which cannot be forwarded from: IPv6 other than `::1`. */
  'unsupported',
  /** The way inside the VM could not be made. */
  'guest',
  'failed',
] as const;

/** Why a published port does not answer on the host, or on one of its addresses. */
export const PortProblem = z.object({
  reason: z.enum(portProblemReasons),
  /** Plain words: what, why, what to do. */
  message: z.string(),
  /** Who has it where `taken`; null while that cannot be seen, as for programs of other users. Its name is hostile text. */
  holder: z.object({ pid: z.number().int(), name: z.string() }).nullable(),
  /** A command for the host's terminal which helps. */
  command: z.string().nullable(),
});
export type PortProblem = z.infer<typeof PortProblem>;

/** What tells one published port of a container from its others. */
export const PortKey = z.object({
  protocol: PortProtocol,
  /** As it was published: `127.0.0.1`, `::1`, an address of the host; empty for all, whatever was written for that. */
  address: z.string().max(64),
  /** As Docker has it, `8080` of `-p 8080:80`. */
  port: PortNumber,
});
export type PortKey = z.infer<typeof PortKey>;

/** A port which a running container publishes, and where it is reached on the host. */
export const PublishedPort = PortKey.extend({
  containerPort: PortNumber,
  /** The host's: `port`, unless a person chose another one. */
  hostPort: PortNumber,
  /** Addresses of the host on which it answers now; `0.0.0.0` is every IPv4 address. */
  hostAddresses: z.array(z.string()),
  /** Null when it answers wherever it should. */
  problem: PortProblem.nullable(),
});
export type PublishedPort = z.infer<typeof PublishedPort>;
