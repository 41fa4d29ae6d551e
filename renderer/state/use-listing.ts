import { useEffect, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { EngineClient } from '../bridge/engine-client.ts';
import { attempt } from './attempt.ts';
import { useDockerUnavailable, usePending } from './hooks.ts';

export interface Listing {
  /** Under way, or about to begin. */
  listing: boolean;
  error: WireError | null;
  list: () => Promise<void>;
}

/** Has a VM's things read when somebody comes to look, and whenever Docker begins to answer meanwhile. */
export function useListing(
  vm: string,
  kind: string,
  read: (client: EngineClient) => Promise<unknown>,
): Listing {
  const [error, setError] = useState<WireError | null>(null);
  const [answered, setAnswered] = useState(false);
  const key = `${kind}:list:${vm}`;
  const pending = usePending(key);
  const unavailable = useDockerUnavailable(vm) !== undefined;
  const list = async (): Promise<void> => {
    const outcome = await attempt(key, read);
    if (!outcome) return;
    setAnswered(true);
    setError(outcome.ok ? null : outcome.error);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `list` is new at each rendering and depends on `key` only
  useEffect(() => {
    if (unavailable) setError(null);
    else void list();
  }, [key, unavailable]);
  return { listing: !unavailable && (pending || !answered), error, list };
}
