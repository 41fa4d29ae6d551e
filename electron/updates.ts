import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { app, dialog } from 'electron';
import { orAborted } from '../engine/base/time.ts';
import type { EngineState } from './engine-state.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Offers newer versions, once each, while the setting says so. Off in every build without `resources/app-update.yml`,
 * which electron-builder writes when its configuration has a `publish` section: no address is asked before somebody has
 * chosen one. The feed is part of the signed program rather than a setting, since it decides what runs on the host.
 * Rejects only when `signal` has not aborted.
 */
export async function followUpdates(state: EngineState, signal: AbortSignal): Promise<void> {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) return;
  // Only here: the package reads its configuration as soon as it is used.
  const { default: electronUpdater } = await import('electron-updater');
  const { autoUpdater } = electronUpdater;
  autoUpdater.autoDownload = false;
  const offered = new Set<string>();
  autoUpdater.on('update-available', ({ version }) => {
    if (offered.has(version)) return;
    offered.add(version);
    offer(version)
      .then((wanted) => (wanted ? autoUpdater.downloadUpdate() : []))
      .catch(report);
  });
  const check = async (): Promise<void> => {
    if (state.current?.settings.checkForUpdates) await autoUpdater.checkForUpdates().catch(report);
  };
  try {
    await orAborted(state.first, signal);
    await check();
    for await (const _tick of every(dayMs, undefined, { signal, ref: false })) await check();
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

/** Whether the person wants it; it is installed when the program quits. */
async function offer(version: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Foredeck',
    message: `Foredeck ${version} is available`,
    detail: `This is ${app.getVersion()}. It is downloaded now and installed when Foredeck quits; VMs are not touched.`,
    buttons: ['Download', 'Later'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

function report(thrown: unknown): void {
  console.error(`Updates: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}
