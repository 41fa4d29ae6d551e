import { app, dialog } from 'electron';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import type { EngineConnection } from './engine.ts';

/**
 * Suspends or shuts down the VM, as the settings say, ends the engine and then this program. Where that fails it says
 * why and everything goes on.
 */
export async function quitWithVm(engine: EngineConnection): Promise<void> {
  try {
    await engine.quit();
  } catch (thrown) {
    if (isAbort(thrown)) return;
    const { message, hint } = toEngineError(thrown);
    dialog.showErrorBox('Foredeck cannot stop the VM', `${message}\n\n${hint}`);
    return;
  }
  app.quit();
}
