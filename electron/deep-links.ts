import { app } from 'electron';
import { deepLinkScheme, readDeepLink } from './deep-link.ts';
import type { MainWindow } from './window.ts';

/**
 * Shows the screens that links ask for: macOS hands links to the running program, elsewhere they are an argument of a
 * second one. Those that come before `opened` resolves wait for it. Only an installed program takes the scheme; a clone
 * would take it from the installed one.
 */
export function followDeepLinks(window: MainWindow, opened: Promise<void>): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(deepLinkScheme);
  const show = (link: string): void => {
    const path = readDeepLink(link);
    if (path === null)
      console.error(`Refused a link: ${JSON.stringify(link.slice(0, 200))} names no screen.`);
    else void opened.then(() => window.navigate(path));
  };
  app.on('open-url', (event, link) => {
    event.preventDefault();
    show(link);
  });
  app.on('second-instance', (_event, argv) => {
    const link = linkAmong(argv);
    if (link !== undefined) show(link);
  });
}

/** The path this program was started to show; the window's first screen where there is none. */
export function pathAskedFor(argv: readonly string[]): string {
  const link = linkAmong(argv);
  return (link === undefined ? null : readDeepLink(link)) ?? '';
}

function linkAmong(argv: readonly string[]): string | undefined {
  return argv.find((argument) => argument.toLowerCase().startsWith(`${deepLinkScheme}:`));
}
