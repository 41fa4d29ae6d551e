import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type Electron from 'electron';
import { app } from './app.ts';

/**
 * What would leave the program for the person's desktop. Nothing is shown: message boxes answer as if cancelled,
 * errors go to standard error. Specs put their own functions in place, as they would with real Electron.
 */
export const dialog = {
  showErrorBox(title: string, content: string): void {
    console.error(`[dialog] ${title}: ${content}`);
  },
  async showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
    console.error(`[dialog] ${options.message}: ${options.detail}`);
    return { response: options.cancelId ?? 0, checkboxChecked: false };
  },
  async showOpenDialog(): Promise<Electron.OpenDialogReturnValue> {
    return { canceled: true, filePaths: [] };
  },
};

export const shell: Pick<Electron.Shell, 'openExternal'> = {
  async openExternal(url) {
    console.error(`[openExternal] ${url}`);
  },
};

/** Suspend, resume and shutdown of the host, for specs to emit. */
export const powerMonitor = new EventEmitter();

/** One display, in front of which nothing hangs. */
const display = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
} as Electron.Display;

export const screen: Pick<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays' | 'getDisplayMatching'> = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
};

/** Electron gives an empty image where there is no file, which nobody would miss before it is shown. */
export const nativeImage = {
  createFromPath(path: string): { path: string } {
    if (!existsSync(path)) throw new Error(`electron double: there is no image ${path}`);
    return { path };
  },
};

/** An icon beside the clock, as what was set last. */
export class Tray extends EventEmitter implements Pick<Electron.Tray, 'setToolTip' | 'setContextMenu'> {
  constructor(_image: unknown) {
    super();
    if (!app.isReady()) throw new Error('Cannot create Tray before app is ready');
  }

  setToolTip(_toolTip: string): void {}

  setContextMenu(_menu: Electron.Menu | null): void {}
}

/** Shown to nobody; specs put their own `show` in place. */
export class Notification
  extends EventEmitter
  implements Pick<Electron.Notification, 'title' | 'body' | 'show'>
{
  title: string;
  body: string;

  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    console.error(`[notification] ${this.title}: ${this.body}`);
  }
}

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true });
