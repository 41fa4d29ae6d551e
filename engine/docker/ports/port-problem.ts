import { readFile } from 'node:fs/promises';
import type { PortProblem, PortProtocol } from '../../../contract/published-ports.ts';
import type { HeldPort, PortHolder } from './port-holder.ts';

/** A port of the host which could not be listened on, and the system's error name. */
export interface FailedBind {
  readonly protocol: PortProtocol;
  readonly address: string;
  readonly port: number;
  readonly errno: string;
}

/** What the explanation needs to know of the host. */
export interface PortHost {
  /** As Node calls it, `linux` or `darwin`. */
  readonly platform: string;
  findHolder(held: HeldPort): Promise<PortHolder | null>;
  /** The first port which everybody may listen on; null where the host does not say. */
  firstFreeForAll(): Promise<number | null>;
}

/** Linux's `net.ipv4.ip_unprivileged_port_start` (ip-sysctl.rst), which counts for IPv6, too. */
export async function unprivilegedPortStart(): Promise<number | null> {
  const text = await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '');
  const port = Number.parseInt(text, 10);
  return Number.isInteger(port) ? port : null;
}

/** Why the host did not let the port be had, and what to do about it. */
export async function explainFailedBind(failed: FailedBind, host: PortHost): Promise<PortProblem> {
  const { errno } = failed;
  if (errno === 'EADDRINUSE') return taken(failed, await host.findHolder(failed));
  if (errno === 'EACCES' || errno === 'EPERM') return await notPermitted(failed, host);
  if (errno === 'EADDRNOTAVAIL' || errno === 'EAFNOSUPPORT') {
    const message = `${placeOf(failed)} does not answer: this computer does not have that address at the moment. It answers as soon as it does.`;
    return { reason: 'no-address', message, holder: null, command: null };
  }
  const message = `${placeOf(failed)} cannot be listened on (${errno}).`;
  return { reason: 'failed', message, holder: null, command: null };
}

function taken(failed: FailedBind, holder: PortHolder | null): PortProblem {
  const who = holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`;
  const message = `${placeOf(failed)} is taken on this computer by ${who}. It answers here as soon as that lets go, or from another port now.`;
  return { reason: 'taken', message, holder, command: null };
}

async function notPermitted(failed: FailedBind, host: PortHost): Promise<PortProblem> {
  const { port } = failed;
  const base = { reason: 'not-permitted', holder: null } as const;
  if (host.platform === 'darwin') {
    const message = `${placeOf(failed)} does not answer: macOS lets only root have such a low port on one address. Use another port, or let published ports be shared on your network: on all addresses macOS permits them.`;
    return { ...base, message, command: null };
  }
  const start = await host.firstFreeForAll();
  if (start === null || port >= start) {
    return {
      ...base,
      message: `This computer does not permit port ${port}. Use another one.`,
      command: null,
    };
  }
  const message = `${placeOf(failed)} does not answer: on this computer only root may listen below port ${start}. Use another port, or permit it until the next restart of the computer with the command.`;
  return { ...base, message, command: `sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${port}` };
}

function placeOf({ protocol, address, port }: FailedBind): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `Port ${address === '0.0.0.0' ? port : `${host}:${port}`}${protocol === 'udp' ? '/udp' : ''}`;
}
