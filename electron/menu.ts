import { Menu, type MenuItemConstructorOptions } from 'electron';

/**
 * Platform roles only. Off macOS the usual accelerators (Ctrl+W, Ctrl+Q, Ctrl+M, Ctrl+R) are control characters which
 * belong to the shell in the terminal, so those commands take Shift as well, as terminals do.
 */
export function setApplicationMenu(): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(process.platform === 'darwin' ? macMenu : desktopMenu));
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

const macMenu: MenuItemConstructorOptions[] = [
  { role: 'appMenu' },
  { role: 'fileMenu' },
  { role: 'editMenu' },
  view,
  { role: 'windowMenu' },
];

const desktopMenu: MenuItemConstructorOptions[] = [
  {
    label: 'File',
    submenu: [
      { role: 'close', accelerator: 'Ctrl+Shift+W' },
      { role: 'quit', accelerator: 'Ctrl+Shift+Q' },
    ],
  },
  { role: 'editMenu' },
  view,
  { role: 'help', submenu: [{ role: 'about' }] },
];
