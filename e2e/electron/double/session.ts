import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { CDPSession, Page } from 'playwright';
import { fromChromium, originOf } from './protocol.ts';

type CheckHandler = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>;

/** Electron's names beside Chromium's, for what a page might ask of this machine. */
const permissions = [
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['midi', 'midi'],
] as const;

/**
 * Electron's default session. The program's check handler decides what Chromium grants each page; request and device
 * handlers are kept for specs to call, as Chromium asks nobody once a permission is settled.
 */
export class Session
  extends EventEmitter
  implements
    Pick<
      Electron.Session,
      'setPermissionCheckHandler' | 'setPermissionRequestHandler' | 'setDevicePermissionHandler'
    >
{
  #check: CheckHandler | null = null;
  requestHandler: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  deviceHandler: Parameters<Electron.Session['setDevicePermissionHandler']>[0] = null;

  setPermissionCheckHandler(handler: CheckHandler | null): void {
    this.#check = handler;
  }

  setPermissionRequestHandler(handler: typeof this.requestHandler): void {
    this.requestHandler = handler;
  }

  setDevicePermissionHandler(handler: typeof this.deviceHandler): void {
    this.deviceHandler = handler;
  }

  /** Tells Chromium the program's verdicts for the page about to be shown at `url`. */
  async settlePermissions(cdp: CDPSession, url: string): Promise<void> {
    const check = this.#check;
    if (!check || !url.startsWith('http')) return;
    const { origin } = new URL(url);
    for (const [electronName, chromiumName] of permissions) {
      const details = { isMainFrame: true, requestingUrl: originOf(url) } as Parameters<CheckHandler>[3];
      const granted = check(null, electronName, originOf(url), details);
      await cdp.send('Browser.setPermission', {
        origin,
        permission: { name: chromiumName },
        setting: granted ? 'granted' : 'denied',
      });
    }
  }

  watchDownloads(page: Page): void {
    page.on('download', (download) => {
      const event = {
        defaultPrevented: false,
        preventDefault: () => {
          event.defaultPrevented = true;
          void download.cancel().catch(() => undefined);
        },
      };
      this.emit('will-download', event, { getURL: () => asElectronHasIt(download.url()) }, {});
    });
  }
}

/** The address of what the page has put together names the page's origin. */
function asElectronHasIt(url: string): string {
  const [, page] = /^blob:(.*)$/.exec(url) ?? [];
  return page === undefined ? fromChromium(url) : `blob:${fromChromium(page)}`;
}

export const session = { defaultSession: new Session() };
