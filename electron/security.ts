import { app, type Session, shell, type WebContents } from 'electron';
import { appOrigin } from './app-origin.ts';

/**
 * How long after a click or key an outward link counts as wanted; Chromium gives its user activation five seconds
 * (https://html.spec.whatwg.org/multipage/interaction.html), which is more than a click handler needs.
 */
const wantedWithinMs = 1_000;

/**
 * The page shows text from containers, so it is treated as if somebody else might come to run in it: it stays where
 * it is, opens no windows, embeds nothing and gets no device. Links to the web open in the person's browser, one for
 * each click or key press.
 */
export function hardenWebContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (details) => {
      if (!details.url.startsWith(`${appOrigin}/`)) details.preventDefault();
    });
    contents.on('will-redirect', (details) => details.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    openLinksOutside(contents);
  });
}

/**
 * Everything is denied but writing text to the clipboard, which the page's copy buttons do, and saving what the page
 * itself has put together: logs, and files of containers. Where to, Electron's own dialog asks.
 */
export function denyPermissions(session: Session): void {
  const granted = (permission: string, origin: string): boolean =>
    permission === 'clipboard-sanitized-write' && origin === appOrigin;
  session.setPermissionCheckHandler((_contents, permission, origin) => granted(permission, originOf(origin)));
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(granted(permission, originOf(details.requestingUrl)));
  });
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${appOrigin}/`)) event.preventDefault();
  });
}

function openLinksOutside(contents: WebContents): void {
  let lastInputAt = Number.NEGATIVE_INFINITY;
  contents.on('input-event', (_event, input) => {
    if (input.type === 'mouseUp' || input.type === 'keyDown' || input.type === 'rawKeyDown')
      lastInputAt = performance.now();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (performance.now() - lastInputAt <= wantedWithinMs && isWebLink(url)) {
      lastInputAt = Number.NEGATIVE_INFINITY;
      shell.openExternal(url).catch((thrown) => console.error(`Cannot open ${url}: ${String(thrown)}`));
    }
    return { action: 'deny' };
  });
}

/** `shell.openExternal` starts whatever program a scheme belongs to; only browsers are meant. */
function isWebLink(url: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  return protocol === 'https:' || protocol === 'http:';
}

/** Node's URL calls the origin of a scheme it does not know `null`; Chromium ends it with a slash in some places. */
function originOf(url: string): string {
  return url === appOrigin || url.startsWith(`${appOrigin}/`) ? appOrigin : url;
}
