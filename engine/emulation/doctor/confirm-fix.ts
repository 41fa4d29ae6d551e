import type { Container } from '../../../contract/records.ts';
import type { Store } from '../../state/store.ts';

/** What crashes at its start mostly does so sooner, also under emulation. */
const steadyMs = 20_000;

/**
 * Resolves with whether a container just started came to run: ended with 0, or still running after 20 s without a
 * verdict. Rejects when `signal` aborts.
 */
export async function ranWell(
  store: Store,
  container: string,
  signal: AbortSignal,
  timeoutMs = steadyMs,
): Promise<boolean> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const row = (): Container | undefined => store.state.containers[container];
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const stopListening = store.listen(() => {
    const ended = outcomeOf(row());
    if (ended !== null) resolve(ended);
  });
  const timer = setTimeout(() => {
    const now = row();
    resolve(now?.state === 'running' && now.diagnosis === null);
  }, timeoutMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stopListening();
    signal.removeEventListener('abort', onAbort);
  }
}

/** Null while it is not over. */
function outcomeOf(row: Container | undefined): boolean | null {
  if (row?.diagnosis) return false;
  if (row?.state !== 'exited' || row.exitCode === null) return null;
  return row.exitCode === 0;
}
