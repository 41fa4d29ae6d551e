import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { writeFileAtomic } from '../engine/base/atomic-file.ts';
import { autostartEntry } from './autostart-entry.ts';
import type { EngineState } from './engine-state.ts';

/** What the program is started with at login, where that can be said. */
const atLoginArgument = '--at-login';

/** A person's desktop reads it as any other of its files. */
const entryMode = 0o644;

/** Whether the desktop has started this program, rather than a person. */
export function startedAtLogin(): boolean {
  if (process.platform === 'darwin') return app.getLoginItemSettings().wasOpenedAtLogin;
  return process.argv.includes(atLoginArgument);
}

/**
 * Carries the setting `openAtLogin` out. While it is on the entry is written anew at each start, for programs that were
 * moved; it is taken away only when the setting is seen to be switched off, since another home may have made it.
 */
export function followOpenAtLogin(state: EngineState): void {
  let work = Promise.resolve();
  state.listen((change) => {
    const wanted = change.state?.settings.openAtLogin;
    const before = change.before?.settings.openAtLogin ?? false;
    if (wanted === undefined || wanted === before) return;
    work = work
      .then(() => openAtLogin(wanted))
      .catch((thrown) => console.error(`Opening at login could not be set: ${String(thrown)}`));
  });
}

async function openAtLogin(wanted: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: wanted, args: [atLoginArgument] });
    return;
  }
  // Electron does this on macOS and Windows only; https://specifications.freedesktop.org/autostart-spec/latest/
  const folder = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const path = join(folder, 'autostart', 'foredeck.desktop');
  if (wanted) await writeFileAtomic(path, autostartEntry(ownCommand()), entryMode);
  else await rm(path, { force: true });
}

/** An AppImage runs from a folder that is gone after it; the file itself is in APPIMAGE. */
function ownCommand(): string[] {
  const program = process.env.APPIMAGE ?? process.execPath;
  return [program, ...(app.isPackaged ? [] : [app.getAppPath()]), atLoginArgument];
}
