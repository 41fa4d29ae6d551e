import { app, dialog } from 'electron';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import type { EngineConnection } from './engine.ts';

/** Brings the engine up when the program starts; where it does not come up, says why and asks what to do. */
export async function startEngine(engine: EngineConnection): Promise<void> {
  for (;;) {
    try {
      await engine.reach();
      return;
    } catch (thrown) {
      if (isAbort(thrown)) return;
      const { message, hint } = toEngineError(thrown);
      console.error(`${message} ${hint}`);
      const { response } = await dialog.showMessageBox({
        type: 'error',
        title: 'Foredeck',
        message: 'The engine did not start',
        detail: `${message}\n\n${hint}`,
        buttons: ['Try again', 'Quit'],
        defaultId: 0,
        cancelId: 1,
      });
      if (response === 1) {
        app.quit();
        return;
      }
    }
  }
}
