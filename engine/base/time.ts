import { setTimeout as delay } from 'node:timers/promises';
import { EngineError, type EngineErrorInput } from './engine-error.ts';

/** Waits; rejects with an AbortError as soon as `signal` aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}

/**
 * Runs `work` with a signal that aborts with `signal` or after `timeoutMs`. When the deadline was the reason, throws
 * the EngineError described by `onTimeout` instead of what `work` threw.
 */
export async function withDeadline<T>(
  options: { timeoutMs: number; signal: AbortSignal; onTimeout: () => EngineErrorInput },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  try {
    return await work(AbortSignal.any([options.signal, deadline]));
  } catch (thrown) {
    if (deadline.aborted && !options.signal.aborted) {
      throw new EngineError({ cause: thrown, ...options.onTimeout() });
    }
    throw thrown;
  }
}

/** Rejects with the signal's reason when `signal` aborts before `promise` settles. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
