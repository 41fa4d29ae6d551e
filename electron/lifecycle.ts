import { setTimeout as delay } from 'node:timers/promises';
import { app } from 'electron';

/** Closing is a few sockets and a small file; a person who quits must not be kept waiting for one that hangs. */
const quitDeadlineMs = 3_000;

/** Something to be given back before the process ends, with a name for the case that it takes too long. */
export interface Closing {
  readonly name: string;
  readonly close: () => Promise<void>;
}

export interface LifecycleOptions {
  /** Closed in this order. */
  readonly closing: readonly Closing[];
  /** Opens the window or brings it to the front. */
  readonly showWindow: () => void;
  /** Whether the program goes on when its window closes. */
  readonly staysInTray: () => boolean;
  /** A signal asks the program to end. */
  readonly onSignal: () => void;
}

/**
 * Windows close first, as Electron does it, then what `closing` names, then the process ends: with 0, or with 1 when
 * something failed or took longer than the deadline. On macOS the program stays in the dock without a window.
 */
export function followLifecycle(options: LifecycleOptions): void {
  const { closing, showWindow, staysInTray, onSignal } = options;
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !staysInTray()) app.quit();
  });
  app.on('activate', showWindow);
  app.on('second-instance', showWindow);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  let ending = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    void closeInTime(closing).then((code) => app.exit(code));
  });
}

async function closeInTime(closing: readonly Closing[]): Promise<0 | 1> {
  let current = '';
  let code: 0 | 1 = 0;
  const closeAll = async (): Promise<'closed'> => {
    for (const { name, close } of closing) {
      current = name;
      await close().catch((thrown) => {
        console.error(`Quitting: ${name} failed:`, thrown);
        code = 1;
      });
    }
    return 'closed';
  };
  const deadline = new AbortController();
  const outcome = await Promise.race([
    closeAll(),
    delay(quitDeadlineMs, 'late' as const, { signal: deadline.signal }),
  ]);
  deadline.abort();
  if (outcome === 'closed') return code;
  console.error(`Quitting: ${current} is not done after ${quitDeadlineMs} ms and is cut off.`);
  return 1;
}
