import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type Electron from 'electron';
import { Chromium } from './chromium.ts';
import { takeSingleInstanceLock } from './single-instance.ts';

/** What `app` needs to know of windows; set by them, since they need `app` as well. */
export interface OpenWindow {
  close(): void;
  isDestroyed(): boolean;
}

type Covered = Pick<
  Electron.App,
  | 'isPackaged'
  | 'name'
  | 'getName'
  | 'getVersion'
  | 'getAppPath'
  | 'setAsDefaultProtocolClient'
  | 'whenReady'
  | 'isReady'
  | 'getPath'
  | 'setPath'
  | 'requestSingleInstanceLock'
  | 'quit'
  | 'exit'
>;

/** Electron's `app`: readiness, the one-instance lock, and the order in which quitting happens. */
export class App extends EventEmitter implements Covered {
  readonly isPackaged = false;
  readonly name = 'Foredeck';
  readonly windows = new Set<OpenWindow>();
  #userData: string | undefined;
  #chromium: Chromium | undefined;
  #quitting = false;
  #exiting = false;
  readonly #ready = new Promise<void>((resolve) => this.once('ready', () => resolve()));

  get chromium(): Chromium {
    if (!this.#chromium) throw new Error('electron double: the app is not ready yet');
    return this.#chromium;
  }

  /** Becomes ready; called when the main module has been evaluated. Resolves with Chromium's DevTools URL. */
  async becomeReady(): Promise<string> {
    if (this.#exiting) return '';
    this.#chromium = await Chromium.start(this.getPath('userData'));
    this.emit('ready', {}, {});
    return this.#chromium.endpoint;
  }

  async whenReady(): Promise<void> {
    await this.#ready;
  }

  isReady(): boolean {
    return this.#chromium !== undefined;
  }

  getName(): string {
    return this.name;
  }

  getVersion(): string {
    return '0.1.0';
  }

  getAppPath(): string {
    return process.cwd();
  }

  setAsDefaultProtocolClient(): boolean {
    throw new Error('electron double: a program that is not installed takes no scheme');
  }

  getPath(name: string): string {
    if (name === 'userData' && this.#userData) return this.#userData;
    throw new Error(`electron double: there is no path "${name}"`);
  }

  setPath(name: string, path: string): void {
    if (name !== 'userData') throw new Error(`electron double: path "${name}" is not covered`);
    if (!existsSync(path)) throw new Error(`Failed to set path: "${path}" does not exist`);
    this.#userData = path;
  }

  requestSingleInstanceLock(): boolean {
    return takeSingleInstanceLock(this.getPath('userData'), ({ argv, workingDirectory }) => {
      this.emit('second-instance', {}, argv, workingDirectory, null);
    });
  }

  /** https://www.electronjs.org/docs/latest/api/app#appquit: before-quit, each window's close, will-quit, quit. */
  quit(): void {
    if (this.#exiting || !this.#allowed('before-quit')) return;
    this.#quitting = true;
    for (const window of [...this.windows]) {
      window.close();
      if (window.isDestroyed()) continue;
      this.#quitting = false;
      return;
    }
    if (this.#allowed('will-quit')) this.exit(0);
  }

  /** Ends at once as far as the program is concerned: no more of its handlers but `quit`'s are run. */
  exit(code = 0): void {
    if (this.#exiting) return;
    this.#exiting = true;
    this.emit('quit', {}, code);
    const end = (): void => process.exit(code);
    (this.#chromium?.stop() ?? Promise.resolve()).then(end, end);
  }

  /** The last window has closed; without a listener Electron quits. */
  windowGone(window: OpenWindow): void {
    this.windows.delete(window);
    if (this.windows.size > 0 || this.#quitting || this.#exiting) return;
    if (!this.emit('window-all-closed')) this.quit();
  }

  #allowed(eventName: 'before-quit' | 'will-quit'): boolean {
    let allowed = true;
    this.emit(eventName, {
      preventDefault: () => {
        allowed = false;
      },
    });
    return allowed;
  }
}

export const app = new App();
