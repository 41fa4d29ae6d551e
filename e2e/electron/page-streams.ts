import type { Page } from '@playwright/test';
import type { WindowBridge } from '../../contract/window-bridge.ts';
import type { Shell } from './shell.ts';

declare global {
  interface Window {
    readonly foredeck?: WindowBridge;
    /** The port of the stream which `openPort` opened, and what came over it. */
    spec: { port: MessagePort; texts: string[]; bytes: Uint8Array[]; closed: boolean };
  }
}

/**
 * Shows a file of the page's origin which has no code: the bridge is there, and nobody else who takes its ports (the
 * page itself closes those it has not asked for).
 */
export async function openCodelessPage(shell: Shell): Promise<Page> {
  const page = await shell.firstWindow();
  await shell.evaluate(async ({ BrowserWindow }) => {
    await BrowserWindow.getAllWindows()[0]?.webContents.loadURL('foredeck-app://ui/icon.svg');
  }, null);
  return page;
}

/** Asks the bridge for the stream at `path`, as the page's own code does, and keeps its port in `window.spec`. */
export async function openPort(page: Page, path: string): Promise<void> {
  await page.evaluate(
    (asked) =>
      new Promise<void>((opened) => {
        const take = (event: MessageEvent): void => {
          if (event.data?.type !== 'foredeck:stream' || event.data.path !== asked) return;
          removeEventListener('message', take);
          const [port] = event.ports;
          if (!port) throw new Error('The message has no port');
          window.spec = { port, texts: [], bytes: [], closed: false };
          port.onmessage = ({ data }) => {
            if (typeof data === 'string') window.spec.texts.push(data);
            else window.spec.bytes.push(new Uint8Array(data));
          };
          port.addEventListener('close', () => {
            window.spec.closed = true;
          });
          opened();
        };
        addEventListener('message', take);
        window.foredeck?.openStream(asked);
      }),
    path,
  );
}
