import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type HostProxy, ProxyAddress, ProxyExceptions } from '../../contract/host-network.ts';

/** `scutil` asks a daemon of the system. */
const scutilTimeoutMs = 5_000;

export interface HostProxySource {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/**
 * The proxy which this computer is set to use: what the environment of whoever started the engine says, else, on macOS,
 * the system's settings. Null where neither names one. Automatic configuration (PAC) is a program and not followed.
 */
export async function findHostProxy(source: HostProxySource): Promise<HostProxy | null> {
  const named = proxyOfEnvironment(source.environment);
  if (named || source.platform !== 'darwin') return named;
  const { stdout } = await promisify(execFile)('/usr/sbin/scutil', ['--proxy'], { timeout: scutilTimeoutMs });
  return proxyOfScutil(stdout);
}

/** Lower case wins, as curl has it; `ALL_PROXY` counts where it is an HTTP proxy. */
export function proxyOfEnvironment(environment: NodeJS.ProcessEnv): HostProxy | null {
  const read = (name: string): string => environment[name] || environment[name.toUpperCase()] || '';
  const all = address(read('all_proxy'));
  const http = address(read('http_proxy')) ?? all;
  const https = address(read('https_proxy')) ?? all;
  if (!http && !https) return null;
  return { from: 'environment', http, https, noProxy: exceptions(read('no_proxy')) };
}

/** Reads `scutil --proxy`, a dictionary with lines such as `HTTPProxy : 10.1.2.3` and an array of exceptions. */
export function proxyOfScutil(text: string): HostProxy | null {
  const field = (name: string): string =>
    new RegExp(`^\\s*${name} : (.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const one = (kind: string): string | null =>
    field(`${kind}Enable`) === '1' ? address(`${field(`${kind}Proxy`)}:${field(`${kind}Port`)}`) : null;
  const http = one('HTTP');
  const https = one('HTTPS');
  if (!http && !https) return null;
  const list = /ExceptionsList : <array> \{([^}]*)\}/.exec(text)?.[1] ?? '';
  const names = [...list.matchAll(/^\s*\d+ : (.+)$/gm)].map(([, name = '']) => name.trim());
  return { from: 'macos', http, https, noProxy: exceptions(names.join(',')) };
}

/** Without a scheme it is HTTP's, as curl has it. Null for what cannot be used, a SOCKS proxy for one. */
function address(text: string): string | null {
  const whole = text === '' || text.includes('://') ? text : `http://${text}`;
  return ProxyAddress.safeParse(whole).data ?? null;
}

function exceptions(text: string): string {
  return ProxyExceptions.safeParse(text).data ?? '';
}
