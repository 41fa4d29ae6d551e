import { useCallback, useEffect, useRef, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import { type EngineClient, toWireError } from '../bridge/engine-client.ts';
import { useEngine } from './engine-store.ts';

export interface Call<T> {
  /** When it was asked, epoch milliseconds; null while nothing is. */
  since: number | null;
  value: T | null;
  error: WireError | null;
  /** Asks anew; what is under way is given up. */
  start: () => void;
  /** Gives up what is under way; the engine stops working on it. */
  stop: () => void;
}

/**
 * Something the engine may take long to answer. It is cancelled when the person leaves: nothing goes on that nobody looks
 * at. `work` gets the signal and has to pass it on.
 */
export function useCall<T>(work: (client: EngineClient, signal: AbortSignal) => Promise<T>): Call<T> {
  const [since, setSince] = useState<number | null>(null);
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const running = useRef<AbortController | null>(null);
  const latest = useRef(work);
  latest.current = work;
  const stop = useCallback((): void => {
    running.current?.abort();
    running.current = null;
    setSince(null);
  }, []);
  const start = useCallback((): void => {
    const client = useEngine.getState().link?.client;
    if (!client) return;
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setSince(Date.now());
    setError(null);
    latest
      .current(client, controller.signal)
      .then(
        (answer) => {
          if (running.current === controller) setValue(answer);
        },
        (thrown: unknown) => {
          if (running.current !== controller) return;
          const wire = toWireError(thrown);
          // It ended with the VM, which the window shows already.
          if (wire.code !== 'cancelled') setError(wire);
        },
      )
      .finally(() => {
        if (running.current !== controller) return;
        running.current = null;
        setSince(null);
      });
  }, []);
  useEffect(() => stop, [stop]);
  return { since, value, error, start, stop };
}
