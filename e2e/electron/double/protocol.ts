import type Electron from 'electron';
import type { Route } from 'playwright';
import { app } from './app.ts';

/** Chromium here knows no schemes of ours, so a page under `scheme://host/` is loaded from `https://host.scheme.test/`. */
const standInSuffix = '.test';

type Handler = Parameters<Electron.Protocol['handle']>[1];

const registered = new Set<string>();
const handlers = new Map<string, Handler>();

/** Electron's `protocol`, for standard schemes: answers come from the program's own handler. */
export const protocol: Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged(schemes) {
    if (app.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of schemes) {
      if (!privileges?.standard || !privileges.secure)
        throw new Error(
          `electron double: "${scheme}" would behave differently here; standard and secure are covered`,
        );
      registered.add(scheme);
    }
  },
  handle(scheme, handler) {
    if (!app.isReady()) throw new Error('protocol.handle cannot be called before app is ready');
    if (handlers.has(scheme)) throw new Error(`The scheme "${scheme}" is already handled`);
    handlers.set(scheme, handler);
  },
};

/** The address to load in Chromium for one of the program. */
export function toChromium(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z-]+):\/\/([^/]*)(.*)$/.exec(url) ?? [];
  return registered.has(scheme) ? `https://${host}.${scheme}${standInSuffix}${rest}` : url;
}

/** The address as the program would see it. */
export function fromChromium(url: string): string {
  const [, host = '', scheme = '', rest = ''] = /^https:\/\/([^./]+)\.([a-z-]+)\.test(.*)$/.exec(url) ?? [];
  return registered.has(scheme) ? `${scheme}://${host}${rest}` : url;
}

/** An origin as Electron's frames have it. */
export function originOf(url: string): string {
  const known = fromChromium(url);
  const custom = /^([a-z-]+):\/\/[^/]*/.exec(known);
  return custom && registered.has(custom[1] ?? '')
    ? custom[0]
    : URL.canParse(known)
      ? new URL(known).origin
      : 'null';
}

/** Answers a request for one of the program's schemes with its handler's response; lets others go to the network. */
export async function fulfill(route: Route): Promise<void> {
  const request = route.request();
  const url = fromChromium(request.url());
  const handler = handlers.get(url.split(':')[0] ?? '');
  if (!handler) {
    await route.continue();
    return;
  }
  const body = request.postDataBuffer();
  const response = await handler(
    new Request(url, {
      method: request.method(),
      headers: request.headers(),
      ...(body ? { body: new Uint8Array(body) } : {}),
    }),
  );
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
