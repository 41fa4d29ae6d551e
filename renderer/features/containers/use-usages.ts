import { useEffect, useState } from 'react';
import type { UsageSample } from '../../../contract/container-usage.ts';
import type { WireError } from '../../../contract/errors.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';

export interface Usages {
  latest: UsageSample | null;
  previous: UsageSample | null;
  /** Why there are no newer ones. */
  error: WireError | null;
}

const none: Usages = { latest: null, previous: null, error: null };

/** A guest that could not be asked is asked again: it may be busy, or its connection be on the way back. */
const retryMs = 5_000;

/** What containers use, as long as something shows it (`looking`); nothing is sampled otherwise. */
export function useUsages(vm: string | undefined, container: string | null, looking: boolean): Usages {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [usages, setUsages] = useState(none);
  useEffect(() => {
    if (!client || vm === undefined || !looking) return;
    const watching = new AbortController();
    const { signal } = watching;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const watch = async (): Promise<void> => {
      try {
        for await (const sample of await client.container.watchUsage({ vm, container }, { signal })) {
          setUsages(({ latest }) => ({ latest: sample, previous: latest, error: null }));
        }
      } catch (thrown) {
        if (!signal.aborted) setUsages((before) => ({ ...before, error: toWireError(thrown) }));
      }
      if (!signal.aborted) retry = setTimeout(() => void watch(), retryMs);
    };
    void watch();
    return () => {
      watching.abort();
      clearTimeout(retry);
    };
  }, [client, vm, container, looking]);
  return usages;
}
