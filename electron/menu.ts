import { Menu, type MenuItemConstructorOptions } from 'electron';

const screens = ['Overview', 'Containers', 'Emulation', 'Terminal', 'Activity', 'Settings'];

/**
 * Platform roles, and the page's screens by name. Off macOS the usual accelerators (Ctrl+W, Ctrl+Q, Ctrl+M, Ctrl+R)
 * are control characters which belong to the shell in the terminal, so those commands take Shift as well, as terminals
 * do.
 */
export function setApplicationMenu(navigate: (path: string) => void): void {
  const go: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: screens.map((screen, index) => ({
      label: screen,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => navigate(`/${screen.toLowerCase()}`),
    })),
  };
  const template: MenuItemConstructorOptions[] =
    process.platform === 'darwin'
      ? [{ role: 'appMenu' }, { role: 'fileMenu' }, { role: 'editMenu' }, view, go, { role: 'windowMenu' }]
      : [file, { role: 'editMenu' }, view, go, { role: 'help', submenu: [{ role: 'about' }] }];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
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

const file: MenuItemConstructorOptions = {
  label: 'File',
  submenu: [
    { role: 'close', accelerator: 'Ctrl+Shift+W' },
    { role: 'quit', accelerator: 'Ctrl+Shift+Q' },
  ],
};
