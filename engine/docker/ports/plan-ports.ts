import { isIPv4 } from 'node:net';
import type { PortKey } from '../../../contract/published-ports.ts';
import type { PortForward } from '../../vm/ports.ts';
import type { Publication, WantedPort } from './publication.ts';

/** Where the relay for IPv6 stands, and nowhere else. */
export const ipv6Loopback = '::1';

/** In the guest: what comes from the host to `guestPort` goes to the container. */
export interface GuestRule {
  readonly protocol: 'tcp' | 'udp';
  readonly guestPort: number;
  readonly containerAddress: string;
  readonly containerPort: number;
}

/** What has to stand for one published port of one container. */
export interface PlannedPort {
  readonly container: string;
  readonly wanted: WantedPort;
  /** Of the host. */
  readonly hostPort: number;
  /** QEMU's; its host port 0: one which the kernel picks. Null where QEMU cannot forward from that address. */
  readonly forward: PortForward | null;
  /** A relay stands on `[::1]:hostPort` and leads to the forward. */
  readonly relay: boolean;
  /** Null where Docker's own rules catch what arrives in the guest. */
  readonly rule: GuestRule | null;
}

export interface PortPlanOptions {
  /** By container, in an order that lasts. */
  readonly publications: ReadonlyMap<string, Publication>;
  /** Ports published on all addresses answer on all of the host's. */
  readonly share: boolean;
  /** The host port a person chose instead. */
  readonly chosen: (container: string, key: PortKey) => number | undefined;
}

/** Guest ports for what cannot keep its own number, from here on. */
const firstSpareGuestPort = 61_000;

/** The guest's sshd has it. */
const sshdKey = 'tcp 22';

/**
 * What Docker published, as forwards of QEMU, relays and rules of the guest. On all addresses: loopback of the host, both
 * kinds, unless they are shared. On one address: that one.
 *
 * A port published on all addresses is caught by Docker's own rules, on its own number. One that is published on an
 * address of its own is caught by a rule of ours, on a number that nobody else has: two containers may publish the same
 * port on two addresses, and QEMU answers UDP through the forward whose guest port fits (libslirp: udp_input).
 */
export function planPorts({ publications, share, chosen }: PortPlanOptions): PlannedPort[] {
  const all = [...publications].flatMap(([container, { ports, containerAddress }]) =>
    ports.map((wanted) => ({ container, wanted, containerAddress })),
  );
  const onAll = all.filter(({ wanted }) => wanted.address === '');
  const taken = new Set([sshdKey, ...onAll.map(({ wanted }) => `${wanted.protocol} ${wanted.port}`)]);
  const guestPortOf = (wanted: WantedPort): number => {
    let guestPort = wanted.port;
    const key = () => `${wanted.protocol} ${guestPort}`;
    for (let next = firstSpareGuestPort; taken.has(key()); next += 1) guestPort = next;
    taken.add(key());
    return guestPort;
  };
  return all.map(({ container, wanted, containerAddress }) => {
    const { protocol, address, port, containerPort } = wanted;
    const hostPort = chosen(container, wanted) ?? port;
    const base = { container, wanted, hostPort };
    if (address === '') {
      const hostAddress = share ? '0.0.0.0' : '127.0.0.1';
      return {
        ...base,
        forward: { protocol, hostAddress, hostPort, guestPort: port },
        relay: true,
        rule: null,
      };
    }
    const relay = address === ipv6Loopback;
    if (!relay && !isIPv4(address)) return { ...base, forward: null, relay, rule: null };
    const guestPort = guestPortOf(wanted);
    return {
      ...base,
      forward: relay
        ? { protocol, hostAddress: '127.0.0.1', hostPort: 0, guestPort }
        : { protocol, hostAddress: address, hostPort, guestPort },
      relay,
      rule:
        containerAddress !== null && isIPv4(containerAddress)
          ? { protocol, guestPort, containerAddress, containerPort }
          : null,
    };
  });
}
