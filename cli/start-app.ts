import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Scope } from '../engine/base/scope.ts';
import { connectEngine, findEngine } from '../engine/client/connect-engine.ts';
import { homeFromEnvironment, pathsUnder } from '../engine/paths.ts';
import { explainAddress, startBrowserMode, untilInterrupted } from './browser-mode.ts';
import { findElectronBinary } from './electron-binary.ts';
import { interruptedStatus, reportFailure } from './failure.ts';
import { note, print } from './output.ts';
import { followProgress } from './progress.ts';
import { quitEngine } from './quit-engine.ts';

/*
 * `npm start`: the engine, then the window, or the same page in a browser where there is no Electron. Ends what it
 * started.
 */

const root = join(import.meta.dirname, '..');
const home = homeFromEnvironment();
const scope = new Scope('app');

try {
  const engine = await connectEngine({
    home,
    startIfNone: true,
    onStart: () => note('Starting the engine.'),
  });
  const interrupted = untilInterrupted();
  scope.defer(() => (engine.started ? endEngine() : undefined));
  scope.defer(() => engine.close());
  scope.defer(followProgress(engine));
  const window = await showWindow();
  print(
    `Docker socket: ${pathsUnder(home).dockerSocket}   (eval "$(bin/foredeck env)" points your Docker CLI there)`,
  );
  note(
    engine.started
      ? 'Ctrl-C ends all of it; the VM is suspended or shut down, as the settings say.'
      : 'Ctrl-C ends this; the engine was running before and goes on.',
  );
  await Promise.race([interrupted, ...(window ? [once(window, 'exit')] : [])]);
  if (window) await closeWindow(window);
} catch (thrown) {
  process.exitCode = reportFailure(thrown, false);
} finally {
  await scope.close();
}

/** Opens the Electron window; gives null where the page is served to a browser instead. */
async function showWindow(): Promise<ChildProcess | null> {
  const electron = await findElectronBinary(root);
  if ('path' in electron) {
    print('Foredeck opens in its window.');
    return spawn(electron.path, [root], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  note(`No Electron window (${electron.missing}): the same page is served to your browser.`);
  const host = await startBrowserMode({ home, port: 0, scope });
  print(`Foredeck is at ${host.newUrl()}`);
  explainAddress();
  return null;
}

async function closeWindow(window: ChildProcess): Promise<void> {
  if (window.exitCode !== null || window.signalCode !== null) return;
  const exited = once(window, 'exit');
  window.kill('SIGTERM');
  await exited;
}

/**
 * Stops the VM in order, as the setting says, told step by step; a second interrupt leaves the rest to the engine, which
 * goes on.
 */
async function endEngine(): Promise<void> {
  const engine = await findEngine({ home });
  if (!engine) return;
  note('Stopping the VM and the engine. Ctrl-C again leaves that to the engine.');
  process.once('SIGINT', () => {
    note('The engine goes on stopping in the background; "bin/foredeck status" tells how far it is.');
    process.exit(interruptedStatus);
  });
  for (const { line } of await quitEngine(engine)) note(line);
  note('The engine has ended.');
}
