import { useEffect, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { VmFigures } from '../../../contract/vm-figures.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';
import { type HistoryPoint, withSample } from '../../ui/sample-history.ts';

export interface VmFiguresView {
  history: readonly HistoryPoint<VmFigures>[];
  /** Why there are no newer ones. */
  error: WireError | null;
}

const none: VmFiguresView = { history: [], error: null };

/** A guest that could not be asked is asked again: it may be busy, or its connection be on the way back. */
const retryMs = 5_000;

/**
 * What a VM uses, while `looking`; the engine measures nothing otherwise. The last figures stay when nobody looks or the
 * connection is lost; those of a VM that is off (`running` false) are gone.
 */
export function useVmFigures(vm: string, options: { running: boolean; looking: boolean }): VmFiguresView {
  const { running, looking } = options;
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [view, setView] = useState(none);
  useEffect(() => {
    if (!running) setView(none);
  }, [running]);
  useEffect(() => {
    if (!client || !running || !looking) return;
    const watching = new AbortController();
    const { signal } = watching;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const watch = async (): Promise<void> => {
      try {
        for await (const figures of await client.vm.watchFigures({ vm }, { signal })) {
          setView(({ history }) => ({ history: withSample(history, figures), error: null }));
        }
      } catch (thrown) {
        if (!signal.aborted) setView(({ history }) => ({ history, error: toWireError(thrown) }));
      }
      if (!signal.aborted) retry = setTimeout(() => void watch(), retryMs);
    };
    void watch();
    return () => {
      watching.abort();
      clearTimeout(retry);
    };
  }, [client, vm, running, looking]);
  return view;
}
