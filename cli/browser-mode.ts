import { createLog } from '../engine/base/log.ts';
import type { Scope } from '../engine/base/scope.ts';
import { engineStreams } from '../engine/client/engine-streams.ts';
import { type HostServer, serveHost } from '../host/serve-host.ts';
import { note, print } from './output.ts';
import { builtPage } from './page.ts';

/** Serves the page until `scope` closes. On a terminal, Enter prints another address. */
export async function startBrowserMode(options: {
  home: string;
  port: number;
  scope: Scope;
}): Promise<HostServer> {
  const { home, port, scope } = options;
  const host = await serveHost({
    port,
    pageFolder: await builtPage(),
    openStream: engineStreams({ home, signal: scope.signal }),
    log: createLog({ level: process.env.FOREDECK_LOG ?? 'warn' }),
    scope,
  });
  if (process.stdin.isTTY) {
    const another = (): void => print(`Another address: ${host.newUrl()}`);
    process.stdin.on('data', another);
    scope.defer(() => {
      process.stdin.off('data', another);
      process.stdin.destroy();
    });
  }
  return host;
}

/** How long an address is good, for people. */
export function explainAddress(): void {
  const more = process.stdin.isTTY ? '; press Enter for another one' : '';
  note(`The address works once, and its tab as long as this command runs${more}.`);
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
export function untilInterrupted(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
  });
}
