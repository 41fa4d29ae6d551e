import { BrowserWindow, dialog, ipcMain } from 'electron';
import { chooseFolderChannel, folderChosenChannel } from './ipc-channels.ts';
import type { MainWindow } from './window.ts';

/**
 * Shows the desktop's dialog for choosing a folder to the page that asks for it, and tells it which one, null when that was
 * cancelled. Choosing shares nothing: the page puts the name into its form.
 */
export function offerFolderDialog(window: MainWindow): void {
  ipcMain.on(chooseFolderChannel, (event) => {
    if (!window.isItsPage(event)) {
      console.error('Refused a folder dialog: the page is not ours.');
      return;
    }
    const page = event.sender;
    const ask = async (): Promise<void> => {
      const options = { title: 'Share a folder', properties: ['openDirectory' as const] };
      // The one window there is: the dialog stays in front of it.
      const [parent] = BrowserWindow.getAllWindows();
      const { filePaths } = await (parent
        ? dialog.showOpenDialog(parent, options)
        : dialog.showOpenDialog(options));
      if (!page.isDestroyed()) page.send(folderChosenChannel, filePaths[0] ?? null);
    };
    ask().catch(console.error);
  });
}
