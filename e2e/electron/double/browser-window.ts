import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { app } from './app.ts';
import { WebContents } from './web-contents.ts';

type Covered = Pick<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'show'
  | 'focus'
  | 'isVisible'
  | 'isFocused'
  | 'minimize'
  | 'restore'
  | 'isMinimized'
  | 'maximize'
  | 'isMaximized'
  | 'getNormalBounds'
  | 'setBounds'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
>;

/** What this double refuses to do without, since a spec would otherwise pass where Electron is open to its page. */
const required = { sandbox: true, contextIsolation: true, nodeIntegration: false } as const;

/** A window as state and events around a real page. */
export class BrowserWindow extends EventEmitter implements Covered {
  readonly webContents: WebContents;
  readonly options: Electron.BrowserWindowConstructorOptions;
  #visible: boolean;
  #minimized = false;
  #maximized = false;
  #bounds: Electron.Rectangle;
  #destroyed = false;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    for (const [name, value] of Object.entries(required)) {
      if (options.webPreferences?.[name as keyof typeof required] !== value)
        throw new Error(`electron double: webPreferences.${name} other than ${value} is not covered`);
    }
    this.options = options;
    this.#visible = options.show !== false;
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.webContents = new WebContents({ preload: options.webPreferences?.preload, width, height });
    this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
    this.webContents.once('double:page-closed', () => this.destroy());
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...app.windows].filter((window) => window instanceof BrowserWindow);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url);
  }

  show(): void {
    this.#visible = true;
    this.emit('show');
    this.focus();
  }

  focus(): void {
    this.emit('focus');
  }

  isVisible(): boolean {
    return this.#visible && !this.#minimized;
  }

  isFocused(): boolean {
    return this.isVisible();
  }

  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }

  restore(): void {
    this.#minimized = false;
    this.emit('restore');
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  maximize(): void {
    this.#maximized = true;
    this.#visible = true;
    this.emit('maximize');
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  getNormalBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
  }

  close(): void {
    let allowed = true;
    this.emit('close', {
      preventDefault: () => {
        allowed = false;
      },
    });
    if (allowed) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    void this.webContents.destroy();
    this.emit('closed');
    app.windowGone(this);
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
