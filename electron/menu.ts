import { Menu, type MenuItemConstructorOptions } from 'electron';

const screens = ['Overview', 'Containers', 'Emulation', 'Terminal', 'Activity', 'Settings'];

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
  const go: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: screens.map((screen, index) => ({
      label: screen,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => navigate(`/${screen.toLowerCase()}`),
    })),
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
      ? [{ role: 'appMenu' }, file, { role: 'editMenu' }, view, go, { role: 'windowMenu' }]
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
