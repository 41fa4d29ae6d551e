import { setTimeout as delay } from 'node:timers/promises';
import { app } from 'electron';
import type { Scope } from '../engine/base/scope.ts';

/** Closing is a few sockets; a person who quits must not be kept waiting for one that hangs. */
const quitDeadlineMs = 3_000;

export interface LifecycleOptions {
  /** What the shell holds; closed last, before the process ends. */
  readonly scope: Scope;
  /** Opens the window or brings it to the front. */
  readonly showWindow: () => void;
}

/**
 * Windows close first, as Electron does it, then `scope`, then the process ends: with 0, or with 1 when closing failed
 * or took longer than its deadline. On macOS the program stays in the dock without a window.
 */
export function followLifecycle({ scope, showWindow }: LifecycleOptions): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', showWindow);
  app.on('second-instance', showWindow);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());

  let ending = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    void closeInTime(scope).then((code) => app.exit(code));
  });
}

async function closeInTime(scope: Scope): Promise<0 | 1> {
  const deadline = new AbortController();
  try {
    const outcome = await Promise.race([
      scope.close().then(() => 'closed' as const),
      delay(quitDeadlineMs, 'late' as const, { signal: deadline.signal }),
    ]);
    if (outcome === 'closed') return 0;
    console.error(`Quitting took longer than ${quitDeadlineMs} ms; what was left is cut off.`);
  } catch (thrown) {
    console.error('Quitting failed:', thrown);
  } finally {
    deadline.abort();
  }
  return 1;
}
