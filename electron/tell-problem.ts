import { dialog } from 'electron';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';

/** Says that something asked for outside of the window failed, why, and what to do; waits for nobody. */
export function tellProblem(what: string, thrown: unknown): void {
  if (isAbort(thrown)) return;
  const { code, message, hint } = toEngineError(thrown);
  if (code === 'cancelled') return;
  console.error(`${what}: ${message}`);
  const detail = hint === '' ? message : `${message}\n\n${hint}`;
  dialog.showMessageBox({ type: 'error', title: 'Foredeck', message: what, detail }).catch(console.error);
}
