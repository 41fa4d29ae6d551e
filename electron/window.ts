import { BrowserWindow, type IpcMainEvent, nativeTheme } from 'electron';
import { appOrigin, appUrl } from './app-origin.ts';
import { navigateChannel } from './ipc-channels.ts';

/** The page's own background colours (renderer/ui/theme.css), so that nothing flashes before its first paint. */
const backgroundColor = { dark: '#101518', light: '#f2f5f7' };

/** The one window. Closing it destroys it; `show` opens another. */
export class MainWindow {
  readonly #preload: string;
  #window: BrowserWindow | undefined;

  constructor(options: { preload: string }) {
    this.#preload = options.preload;
  }

  /** Opens the window, or brings it to the front when it is open. After `ready` only. */
  show(): void {
    const window = this.#window;
    if (!window) {
      this.#open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Shows the screen at `path`, such as `/containers`, opening the window if need be. */
  navigate(path: string): void {
    if (!this.#window) {
      this.#open(path);
      return;
    }
    this.#window.webContents.send(navigateChannel, path);
    this.show();
  }

  /** Whether `event` comes from this window's page itself: its main frame, under the app's origin. */
  isItsPage(event: IpcMainEvent): boolean {
    const frame = event.senderFrame;
    return (
      event.sender === this.#window?.webContents &&
      frame !== null &&
      frame.parent === null &&
      frame.origin === appOrigin
    );
  }

  #open(path = ''): void {
    const window = new BrowserWindow({
      title: 'Foredeck',
      width: 1280,
      height: 800,
      minWidth: 900,
      minHeight: 600,
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? backgroundColor.dark : backgroundColor.light,
      webPreferences: {
        preload: this.#preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        // Chromium would fetch dictionaries.
        spellcheck: false,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.once('closed', () => {
      this.#window = undefined;
    });
    window.loadURL(`${appUrl}#${path}`).catch((thrown) => {
      // A window closed while it loads rejects as well; that is no failure.
      if (!window.isDestroyed()) console.error(`Cannot show ${appUrl}: ${String(thrown)}`);
    });
  }
}
