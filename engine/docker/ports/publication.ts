import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import type { PortKey, PortProtocol } from '../../../contract/published-ports.ts';

/** A port as Docker published it in the guest. */
export interface WantedPort extends PortKey {
  readonly containerPort: number;
}

/** What a running container publishes, and where that leads in the guest. */
export interface Publication {
  readonly ports: readonly WantedPort[];
  /** The container's IPv4 address on the network through which Docker publishes; null when it has none. */
  readonly containerAddress: string | null;
}

export const nothingPublished: Publication = { ports: [], containerAddress: null };

/** What `docker inspect` says of a container; one that does not run publishes nothing. */
export function publicationOf({ State, NetworkSettings }: ContainerInspectInfo): Publication {
  if (!State.Running) return nothingPublished;
  const published = NetworkSettings.Ports as Record<string, Binding[] | null> | null;
  const ports = Object.entries(published ?? {}).flatMap(([name, bindings]) => {
    const [containerPort, protocol] = name.split('/');
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      protocol: protocol ?? '',
      address: HostIp,
      port: Number(HostPort),
      containerPort: Number(containerPort),
    }));
  });
  return { ports: distinct(ports), containerAddress: addressIn(NetworkSettings.Networks) };
}

/** The same out of a row of Docker's list of containers. */
export function publicationInList({ State, Ports, NetworkSettings }: ContainerInfo): Publication {
  if (State !== 'running' && State !== 'paused') return nothingPublished;
  const ports = Ports.filter(({ PublicPort }) => PublicPort).map((port) => ({
    protocol: port.Type,
    address: port.IP ?? '',
    port: port.PublicPort,
    containerPort: port.PrivatePort,
  }));
  return { ports: distinct(ports), containerAddress: addressIn(NetworkSettings.Networks) };
}

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}

interface Network {
  readonly IPAddress?: string;
  readonly Gateway?: string;
}

/** Docker has a `-p` without an address twice, for `0.0.0.0` and for `::`; both mean all. In a settled order. */
function distinct(ports: readonly (Omit<WantedPort, 'protocol'> & { protocol: string })[]): WantedPort[] {
  const byKey = new Map<string, WantedPort>();
  for (const { protocol, address: written, port, containerPort } of ports) {
    if (!isForwarded(protocol)) continue;
    const address = written === '0.0.0.0' || written === '::' ? '' : written;
    byKey.set(`${protocol} ${address} ${port}`, { protocol, address, port, containerPort });
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}

/** SCTP, the third that Docker publishes, is not among what QEMU's user network carries. */
function isForwarded(protocol: string): protocol is PortProtocol {
  return protocol === 'tcp' || protocol === 'udp';
}

/**
 * Docker 26 publishes through the network that leads out: of several the first by name (libnetwork: Endpoint.Less);
 * one that leads nowhere has no gateway.
 */
function addressIn(networks: Readonly<Record<string, Network>> | null | undefined): string | null {
  const names = Object.keys(networks ?? {}).sort();
  const leading = names.find((name) => networks?.[name]?.Gateway && networks[name].IPAddress);
  return leading === undefined ? null : (networks?.[leading]?.IPAddress ?? null);
}
