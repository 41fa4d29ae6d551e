import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { app, dialog, session } from 'electron';
import { toEngineError } from '../engine/base/engine-error.ts';
import { homeFromEnvironment, pathsUnder } from '../engine/paths.ts';
import { prepareHome } from '../engine/prepare-home.ts';
import { registerAppScheme, serveAppScheme } from './app-protocol.ts';
import { offerFolderDialog } from './choose-folder.ts';
import { followDeepLinks, pathAskedFor } from './deep-links.ts';
import { EngineConnection, engineCommand } from './engine.ts';
import { startEngine } from './engine-start.ts';
import { EngineState } from './engine-state.ts';
import { followLifecycle } from './lifecycle.ts';
import { setApplicationMenu } from './menu.ts';
import { followOpenAtLogin, startedAtLogin } from './open-at-login.ts';
import { followPower } from './power.ts';
import { Quit } from './quit.ts';
import { denyPermissions, hardenWebContents } from './security.ts';
import { relayStreams } from './streams.ts';
import { showTray } from './tray.ts';
import { followUpdates } from './updates.ts';
import { notifyVerdicts } from './verdict-notifications.ts';
import { MainWindow } from './window.ts';
import { WindowMemory } from './window-memory.ts';

/** Where the build puts this file; preload, page and engine lie beside it. */
const built = import.meta.dirname;

/**
 * Foredeck's desktop shell: a window onto the engine, which is a process of its own and outlives it. What must be
 * settled before Electron is ready stands here, the rest in `open`.
 */
async function prepare() {
  const paths = pathsUnder(homeFromEnvironment());
  await prepareHome(paths.home);
  await mkdir(paths.window, { recursive: true });
  // One window per home: Electron keeps the single-instance lock in this folder.
  app.setPath('userData', paths.window);
  if (!app.requestSingleInstanceLock()) app.exit(0);

  const ending = new AbortController();
  const root = app.isPackaged ? process.resourcesPath : join(built, '..', '..');
  const version = app.isPackaged ? { version: app.getVersion() } : {};
  const command = engineCommand({ mainFolder: built, root, ...version });
  const engine = new EngineConnection({ home: paths.home, command, signal: ending.signal });
  const state = new EngineState(engine);
  const memory = new WindowMemory(paths.windowPlaces);
  const window = new MainWindow({ preload: join(built, '..', 'preload', 'preload.cjs'), memory });
  /** A person wants to see it, with an engine behind it. */
  const show = (): void => {
    window.show();
    if (engine.ended) void startEngine(engine);
  };
  const quit = new Quit({ engine, state, showWindow: show });
  const opened = Promise.withResolvers<void>();

  registerAppScheme();
  hardenWebContents();
  relayStreams({ engine, window });
  offerFolderDialog(window);
  followDeepLinks(window, opened.promise);
  quit.follow();
  followLifecycle({
    closing: [
      { name: 'the connection to the engine', close: async () => ending.abort() },
      { name: 'the engine’s client', close: () => engine.close() },
      { name: 'the file with the window’s place', close: () => memory.settled() },
    ],
    showWindow: show,
    staysInTray: () => state.current?.settings.stayInTray ?? false,
    onSignal: () => quit.leaveRunningAndQuit(),
  });
  return { engine, state, window, show, quit, root, signal: ending.signal, onOpen: opened.resolve };
}

async function open(shell: NonNullable<Awaited<ReturnType<typeof prepare>>>): Promise<void> {
  const { engine, state, window, show, quit, root, signal, onOpen } = shell;
  const navigate = (path: string): void => window.navigate(path);
  const stopAndQuit = (): void => void quit.stopVmsAndQuit();
  denyPermissions(session.defaultSession);
  serveAppScheme(join(built, '..', 'renderer'));
  setApplicationMenu({ navigate, quitWithVm: stopAndQuit });
  const startEngineAgain = (): void => void startEngine(engine);
  showTray({ root, engine, state, open: show, navigate, startEngine: startEngineAgain, stopAndQuit });
  notifyVerdicts(state, window);
  followOpenAtLogin(state);
  followPower({ engine, hostShutsDown: () => quit.hostShutsDown() });
  followUpdates(state, signal).catch(console.error);
  onOpen();
  if (startedAtLogin()) {
    void state.first.then(({ settings }) => settings.stayInTray || window.show());
  } else window.show(pathAskedFor(process.argv));
  await startEngine(engine);
  await state.follow(signal);
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
