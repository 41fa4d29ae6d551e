import { readdir, readFile, readlink } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { basename } from 'node:path';
import { execa } from 'execa';
import type { PortProblem, PortProtocol } from '../../../contract/published-ports.ts';

export type PortHolder = NonNullable<PortProblem['holder']>;

export interface HeldPort {
  readonly protocol: PortProtocol;
  readonly address: string;
  readonly port: number;
}

/** Long enough for a busy machine; the answer is a help, not more. */
const lookTimeoutMs = 5_000;

/** Which program of the host has a port. Null where that cannot be seen: programs of other users show it to root alone. */
export async function findPortHolder(held: HeldPort, platform: string): Promise<PortHolder | null> {
  try {
    if (platform === 'linux') return await holderInProc(held);
    if (platform === 'darwin') return await holderByLsof(held);
  } catch {
    // A program that ends while it is looked at, or a tool that is not there.
  }
  return null;
}

async function holderInProc(held: HeldPort): Promise<PortHolder | null> {
  const tables = isIPv6(held.address) ? [`${held.protocol}6`] : [held.protocol, `${held.protocol}6`];
  const texts = await Promise.all(
    tables.map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')),
  );
  const inodes = new Set(texts.flatMap((text) => inodesOf(text, held)));
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) return { pid: Number(pid), name: await nameOf(pid) };
    }
  }
  return null;
}

const listenState = '0A';

/**
 * Inodes of the sockets which have the port on that address or on all, out of `/proc/net/{tcp,udp}[6]` (proc_net_tcp.rst:
 * addresses in hexadecimal, words in the host's byte order).
 */
export function inodesOf(text: string, { protocol, address, port }: HeldPort): string[] {
  const wanted = isIPv6(address) ? null : hexOf(address);
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const [host = '', portText = ''] = local.split(':');
      if (Number.parseInt(portText, 16) !== port || inode === undefined || inode === '0') return [];
      if (protocol === 'tcp' && state !== listenState) return [];
      const all = /^0+$/.test(host);
      // An IPv6 socket on one address says nothing of IPv4, unless it is that address in another notation.
      const same = wanted === null ? host.length === 32 : host.endsWith(wanted);
      return all || same || wanted === '00000000' ? [inode] : [];
    });
}

/** `127.0.0.1` as `0100007F`. */
function hexOf(address: string): string {
  return address
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

/** What it was started as, which says more than the kernel's 15 characters. */
async function nameOf(pid: string): Promise<string> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = ''] = commandLine.split('\0');
  if (program !== '') return basename(program).slice(0, 80);
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
}

async function holderByLsof({ protocol, port }: HeldPort): Promise<PortHolder | null> {
  const only = protocol === 'tcp' ? ['-sTCP:LISTEN'] : [];
  const argv = ['-nP', `-i${protocol.toUpperCase()}:${port}`, ...only, '-Fpc'];
  const { stdout } = await execa('/usr/sbin/lsof', argv, { timeout: lookTimeoutMs });
  return holderInLsof(stdout);
}

/** `lsof -Fpc`: lines of `p<pid>` and `c<command>`. */
export function holderInLsof(text: string): PortHolder | null {
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  const name = /^c(.+)$/m.exec(text)?.[1];
  return pid === undefined ? null : { pid: Number(pid), name: name ?? '' };
}
