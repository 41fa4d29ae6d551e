import { EventEmitter } from 'node:events';
import type Electron from 'electron';

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
};

export const shell: Pick<Electron.Shell, 'openExternal'> = {
  async openExternal(url) {
    console.error(`[openExternal] ${url}`);
  },
};

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true });
