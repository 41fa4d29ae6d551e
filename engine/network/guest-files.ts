import { createHash } from 'node:crypto';
import type { HostProxy } from '../../contract/host-network.ts';
import type { Settings } from '../../contract/records.ts';
import { type CpioEntry, cpioMode } from '../image/cpio.ts';
import { hostInGuest, hostNames } from './host-in-guest.ts';

export type GuestNetworkSettings = Pick<
  Settings,
  'hostAccess' | 'proxy' | 'registryMirrors' | 'caCertificates'
>;

/** Addresses of a proxy; null: none for that kind of address. */
export interface ProxyInUse {
  readonly http: string | null;
  readonly https: string | null;
  readonly noProxy: string;
}

/** Files of the guest's folder /run/foredeck/network, by path; vm-templates says who reads them. */
export interface GuestFiles {
  /** The same for the same content. */
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
}

/** The proxy which the settings choose; null: none. */
export function proxyInUse(settings: GuestNetworkSettings, host: HostProxy | null): ProxyInUse | null {
  const proxy = settings.proxy.from === 'host' ? host : settings.proxy;
  if (!proxy || proxy.from === 'none' || (!proxy.http && !proxy.https)) return null;
  return proxy;
}

/**
 * What a guest is handed of the settings. Addresses on the host's loopback become those by which the guest reaches them,
 * and their ports are the only ones that are opened for it unless all are.
 */
export function guestFiles(settings: GuestNetworkSettings, host: HostProxy | null): GuestFiles {
  const opened = new Set<number>();
  const seenByGuest = (address: string): string => {
    const url = new URL(address);
    if (!isLoopback(url.hostname)) return address;
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    opened.add(port);
    url.hostname = hostInGuest;
    return url.href.replace(/\/$/, '');
  };
  const proxy = proxyInUse(settings, host);
  const variables = proxy ? proxyVariables(proxy, seenByGuest) : [];
  const mirrors = settings.registryMirrors.map(seenByGuest);
  const certificates = settings.caCertificates.map(closedLine).join('');
  const files = new Map([
    ['certificates.pem', certificates],
    ['registries', registries(mirrors)],
    ...variables.map(([name, value]): [string, string] => [`proxy/${name}`, `${value}\n`]),
  ]);
  // What dockerd reads at its start alone. Registries it reads again when told to.
  files.set('restart', digest([certificates, ...variables.flat()]));
  files.set('host.nft', hostRules(settings.hostAccess, opened));
  const id = digest([...files].flat());
  files.set('id', `${id}\n`);
  return { id, files };
}

/** The files below `folder` of a cpio archive, folders included. */
export function cpioEntries({ files }: GuestFiles, folder: string): CpioEntry[] {
  const path = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const folders = [...(folder === '' ? [] : [folder]), path('proxy')];
  return [
    ...folders.map((name) => ({ path: name, mode: cpioMode.directory | 0o700 })),
    ...[...files].map(([name, text]) => ({
      path: path(name),
      // A proxy's address may hold a password.
      mode: cpioMode.file | 0o600,
      content: Buffer.from(text),
    })),
  ];
}

/** As programs know them: curl reads `http_proxy` in lower case only, others in upper case only. */
function proxyVariables(
  proxy: ProxyInUse,
  seenByGuest: (address: string) => string,
): readonly [string, string][] {
  const own = ['localhost', '127.0.0.1', '::1', hostInGuest, ...hostNames];
  const exceptions = [...proxy.noProxy.split(/[\s,]+/).filter(Boolean), ...own];
  const pairs: [string, string][] = [
    ...(proxy.http ? [['http_proxy', seenByGuest(proxy.http)] as [string, string]] : []),
    ...(proxy.https ? [['https_proxy', seenByGuest(proxy.https)] as [string, string]] : []),
    ['no_proxy', [...new Set(exceptions)].join(',')],
  ];
  return pairs.flatMap(([name, value]) => [
    [name, value],
    [name.toUpperCase(), value],
  ]);
}

/** Entries behind those of the image's daemon.json. Docker asks a mirror without TLS only when told that it may. */
function registries(mirrors: readonly string[]): string {
  if (mirrors.length === 0) return '';
  const plain = mirrors.filter((mirror) => mirror.startsWith('http:')).map((mirror) => new URL(mirror).host);
  return `, "registry-mirrors": ${JSON.stringify(mirrors)}, "insecure-registries": ${JSON.stringify(plain)}\n`;
}

/** Built from numbers alone. */
function hostRules(open: boolean, ports: ReadonlySet<number>): string {
  const chain = 'inet foredeck to_host';
  const rules = open
    ? [`add rule ${chain} accept`]
    : [...ports].map((port) => `add rule ${chain} tcp dport ${port} accept`);
  return [`flush chain ${chain}`, ...rules, ''].join('\n');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function closedLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
