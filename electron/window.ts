import { BrowserWindow, type IpcMainEvent, nativeTheme } from 'electron';
import { appOrigin, appUrl } from './app-origin.ts';
import { navigateChannel } from './ipc-channels.ts';
import type { WindowMemory } from './window-memory.ts';
import { smallest } from './window-place.ts';

/** The page's own background colours (renderer/ui/theme.css), so that nothing flashes before its first paint. */
const backgroundColor = { dark: '#101518', light: '#f2f5f7' };

/** The one window. Closing it destroys it; `show` opens another. */
export class MainWindow {
  readonly #preload: string;
  readonly #memory: WindowMemory;
  #window: BrowserWindow | undefined;
  /** Set once the page is there to be told where to go. */
  #loaded = false;
  /** Where it is to go as soon as it is. */
  #wantedPath: string | undefined;

  constructor(options: { preload: string; memory: WindowMemory }) {
    this.#preload = options.preload;
    this.#memory = options.memory;
  }

  /** Whether a person looks at it. */
  get focused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Opens the window at `path`, or brings it to the front when it is open. After `ready` only. */
  show(path = ''): void {
    const window = this.#window;
    if (!window) {
      this.#open(path);
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Shows the screen at `path`, such as `/containers`, opening the window if need be. */
  navigate(path: string): void {
    if (this.#window && this.#loaded) this.#window.webContents.send(navigateChannel, path);
    else if (this.#window) this.#wantedPath = path;
    this.show(path);
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

  #open(path: string): void {
    const { bounds, maximized } = this.#memory.place();
    const window = new BrowserWindow({
      title: 'Foredeck',
      ...bounds,
      minWidth: smallest.width,
      minHeight: smallest.height,
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
    this.#loaded = false;
    window.once('ready-to-show', () => {
      // Maximizing shows a window at once.
      if (maximized) window.maximize();
      window.show();
    });
    window.webContents.once('did-finish-load', () => {
      this.#loaded = true;
      if (this.#wantedPath !== undefined) window.webContents.send(navigateChannel, this.#wantedPath);
      this.#wantedPath = undefined;
    });
    window.on('close', () => this.#memory.remember(window));
    window.once('closed', () => {
      this.#window = undefined;
      this.#wantedPath = undefined;
    });
    window.loadURL(`${appUrl}#${path}`).catch((thrown) => {
      // A window closed while it loads rejects as well; that is no failure.
      if (!window.isDestroyed()) console.error(`Cannot show ${appUrl}: ${String(thrown)}`);
    });
  }
}
