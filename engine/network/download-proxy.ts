import { setGlobalProxyFromEnv } from 'node:http';
import type { ProxyInUse } from './guest-files.ts';

/** The proxy of the engine's own downloads: `http` and `https` of this process, Unix sockets excepted (Node's manual). */
export class DownloadProxy {
  #undo: (() => void) | undefined;

  /** Null: none, whatever the environment says. */
  use(proxy: ProxyInUse | null): void {
    this.#undo?.();
    this.#undo = proxy
      ? setGlobalProxyFromEnv({
          ...(proxy.http && { http_proxy: proxy.http }),
          ...(proxy.https && { https_proxy: proxy.https }),
          no_proxy: ['localhost', '127.0.0.1', '::1', proxy.noProxy].filter(Boolean).join(','),
        })
      : undefined;
  }
}
