/** What `import … from 'electron'` gives a main process under the double. Anything else of Electron is undefined. */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import {
  dialog,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  screen,
  shell,
  Tray,
} from './desktop.ts';
import { Menu } from './menu.ts';
import { MessageChannelMain } from './message-ports.ts';
import { protocol } from './protocol.ts';
import { session } from './session.ts';
import { ipcMain } from './web-contents.ts';

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};
export default {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
};
