import { useEffect, useState } from 'react';
import type { WireError } from '../../contract/errors.ts';
import type { ProcessSample } from '../../contract/process-tree.ts';
import { toWireError } from '../bridge/engine-client.ts';
import { useEngine } from '../state/engine-store.ts';

export interface ProcessSamples {
  latest: ProcessSample | null;
  previous: ProcessSample | null;
  error: WireError | null;
}

const none: ProcessSamples = { latest: null, previous: null, error: null };

/**
 * The processes of a container, or of the whole VM (`container` null), as long as something shows them; the engine
 * samples nothing otherwise. The last ones stay when the connection is lost.
 */
export function useProcessSamples(vm: string, container: string | null): ProcessSamples {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [samples, setSamples] = useState(none);
  useEffect(() => {
    if (!client) return;
    const looking = new AbortController();
    const { signal } = looking;
    const watch = async (): Promise<void> => {
      try {
        for await (const sample of await client.processes.watch({ vm, container }, { signal })) {
          setSamples(({ latest }) => ({ latest: sample, previous: latest, error: null }));
        }
      } catch (thrown) {
        if (!signal.aborted) setSamples((before) => ({ ...before, error: toWireError(thrown) }));
      }
    };
    void watch();
    return () => looking.abort();
  }, [client, vm, container]);
  return samples;
}
