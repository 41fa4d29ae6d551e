import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { app, dialog, session } from 'electron';
import { toEngineError } from '../engine/base/engine-error.ts';
import { Scope } from '../engine/base/scope.ts';
import { homeFromEnvironment, pathsUnder } from '../engine/paths.ts';
import { prepareHome } from '../engine/prepare-home.ts';
import { registerAppScheme, serveAppScheme } from './app-protocol.ts';
import { EngineConnection, engineCommand } from './engine.ts';
import { startEngine } from './engine-start.ts';
import { followLifecycle } from './lifecycle.ts';
import { setApplicationMenu } from './menu.ts';
import { quitWithVm } from './quit-with-vm.ts';
import { denyPermissions, hardenWebContents } from './security.ts';
import { relayStreams } from './streams.ts';
import { MainWindow } from './window.ts';

/** Where the build puts this file; preload, page and engine lie beside it. */
const built = import.meta.dirname;

/**
 * Foredeck's desktop shell: a window onto the engine, which is a process of its own and outlives it. What must be
 * settled before Electron is ready stands here, the rest in `open`.
 */
async function prepare(): Promise<{ window: MainWindow; engine: EngineConnection }> {
  const paths = pathsUnder(homeFromEnvironment());
  await prepareHome(paths.home);
  await mkdir(paths.window, { recursive: true });
  // One window per home: Electron keeps the single-instance lock in this folder.
  app.setPath('userData', paths.window);
  if (!app.requestSingleInstanceLock()) app.exit(0);

  const scope = new Scope('shell');
  const place = app.isPackaged
    ? { root: process.resourcesPath, version: app.getVersion() }
    : { root: join(built, '..', '..') };
  const command = engineCommand({ mainFolder: built, ...place });
  const engine = new EngineConnection({ home: paths.home, command, signal: scope.signal });
  scope.defer(() => engine.close());
  const window = new MainWindow({ preload: join(built, '..', 'preload', 'preload.cjs') });

  registerAppScheme();
  hardenWebContents();
  relayStreams({ engine, window });
  followLifecycle({ scope, showWindow: () => window.show() });
  return { window, engine };
}

async function open({ window, engine }: { window: MainWindow; engine: EngineConnection }): Promise<void> {
  denyPermissions(session.defaultSession);
  serveAppScheme(join(built, '..', 'renderer'));
  setApplicationMenu({
    navigate: (path) => window.navigate(path),
    quitWithVm: () => void quitWithVm(engine),
  });
  window.show();
  await startEngine(engine);
}

function refuse(thrown: unknown): void {
  const { message, hint } = toEngineError(thrown);
  dialog.showErrorBox('Foredeck cannot start', `${message}\n\n${hint}`);
  app.exit(1);
}

// Electron becomes ready once this module has been evaluated, so being ready is not awaited at its top level.
const shell = await prepare().catch(refuse);
if (shell) {
  app
    .whenReady()
    .then(() => open(shell))
    .catch(refuse);
}
