import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { type Screen, screens } from '../contract/screens.ts';

/**
 * Platform roles, and the page's screens by name. Off macOS the usual accelerators (Ctrl+W, Ctrl+Q, Ctrl+M, Ctrl+R)
 * are control characters which belong to the shell in the terminal, so those commands take Shift as well, as terminals
 * do. Quitting alone leaves the VM running; `quitWithVm` stops it first, as the settings say.
 */
export function setApplicationMenu(options: {
  navigate: (path: string) => void;
  quitWithVm: () => void;
}): void {
  const { navigate, quitWithVm } = options;
  const settings: MenuItemConstructorOptions = {
    label: 'Settings',
    accelerator: 'CmdOrCtrl+,',
    click: () => navigate('/settings'),
  };
  /** There are nine digits to go by; zero resets the zoom. */
  const entry = (screen: Screen, index: number): MenuItemConstructorOptions => ({
    label: screen.charAt(0).toUpperCase() + screen.slice(1),
    ...(index < 9 ? { accelerator: `CmdOrCtrl+${index + 1}` } : {}),
    click: () => navigate(`/${screen}`),
  });
  const go: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: [
      ...screens.filter((screen) => screen !== 'settings').map((screen, index) => entry(screen, index)),
      settings,
    ],
  };
  const stopToo = { label: 'Stop the VM and Quit', click: quitWithVm };
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu:
      process.platform === 'darwin'
        ? [{ role: 'close' }, stopToo]
        : [
            { role: 'close', accelerator: 'Ctrl+Shift+W' },
            stopToo,
            { role: 'quit', accelerator: 'Ctrl+Shift+Q' },
          ],
  };
  const template: MenuItemConstructorOptions[] =
    process.platform === 'darwin'
      ? [appMenu(settings), file, { role: 'editMenu' }, view, go, { role: 'windowMenu' }]
      : [file, { role: 'editMenu' }, view, go, { role: 'help', submenu: [{ role: 'about' }] }];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** macOS has settings in the program's own menu. */
function appMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    label: app.name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      { ...settings, label: 'Settings…' },
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
}

const view: MenuItemConstructorOptions = {
  label: 'View',
  submenu: [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    { role: 'toggleDevTools' },
  ],
};
