import type { PublishedPort } from '../../contract/published-ports.ts';
import { plainText } from '../ui/text/plain-text.ts';

/** `8080 → 80`, with the protocol where it is not TCP and the address where it was published on one. */
export function portText(port: PublishedPort): string {
  const { address, hostPort, containerPort, protocol } = port;
  const host = address === '' ? String(hostPort) : `${hostOf(plainText(address))}:${hostPort}`;
  return `${host} → ${containerPort}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

/** What a program on this computer connects to, `localhost:8080`; undefined while it does not answer. */
export function portPlace({ hostAddresses, hostPort }: PublishedPort): string | undefined {
  const [first] = hostAddresses;
  if (first === undefined) return undefined;
  const loopback = hostAddresses.includes('127.0.0.1') || hostAddresses.includes('0.0.0.0');
  // Browsers try [::1] first, where another program may answer.
  if (loopback && hostAddresses.includes('::1')) return `localhost:${hostPort}`;
  return `${loopback ? '127.0.0.1' : hostOf(plainText(first))}:${hostPort}`;
}

/** Where a browser opens it; undefined where it cannot. */
export function portUrl(port: PublishedPort): string | undefined {
  const place = port.protocol === 'tcp' ? portPlace(port) : undefined;
  return place && `http://${place}/`;
}

/** Unique among the ports of a container. */
export function portKey({ protocol, address, port }: PublishedPort): string {
  return `${protocol} ${address} ${port}`;
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
