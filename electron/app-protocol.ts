import { protocol } from 'electron';
import { appScheme } from './app-origin.ts';
import { servePageFiles } from './page-files.ts';

/** Gives the app's scheme its standing. Electron takes this before `ready` only. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page in `folder` under the app's origin; after `ready`. */
export function serveAppScheme(folder: string): void {
  protocol.handle(appScheme, servePageFiles(folder));
}
