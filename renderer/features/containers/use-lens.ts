import { useCallback, useEffect, useRef, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { LensMode, LensReport } from '../../../contract/syscall-lens.ts';
import { toWireError } from '../../bridge/engine-client.ts';
import { useEngine } from '../../state/engine-store.ts';

export interface Lens {
  /** The mode of the observation under way; null when there is none. */
  running: LensMode | null;
  /** When it was asked for, by the page's clock; 0 before the first. */
  startedAt: number;
  /** The newest report, kept after the end. */
  report: LensReport | null;
  error: WireError | null;
  start: (mode: LensMode, seconds: number) => void;
  stop: () => void;
}

interface View {
  startedAt: number;
  running: LensMode | null;
  report: LensReport | null;
  error: WireError | null;
}

/** Observes a copy of the container while somebody looks: leaving the screen leaves the stream, which ends the copy. */
export function useLens(vm: string, container: string): Lens {
  const [view, setView] = useState<View>({ startedAt: 0, running: null, report: null, error: null });
  const current = useRef<AbortController>(null);
  useEffect(() => () => current.current?.abort(), []);

  const start = useCallback(
    (mode: LensMode, seconds: number): void => {
      const client = useEngine.getState().link?.client;
      if (!client) return;
      current.current?.abort();
      const looking = new AbortController();
      current.current = looking;
      const { signal } = looking;
      setView({ startedAt: Date.now(), running: mode, report: null, error: null });
      const watch = async (): Promise<void> => {
        try {
          const reports = await client.lens.watch({ vm, container, mode, seconds }, { signal });
          for await (const report of reports) {
            if (!signal.aborted) setView((before) => ({ ...before, report }));
          }
          if (!signal.aborted) setView((before) => ({ ...before, running: null }));
        } catch (thrown) {
          if (!signal.aborted) {
            setView((before) => ({ ...before, running: null, error: toWireError(thrown) }));
          }
        }
      };
      void watch();
    },
    [vm, container],
  );

  const stop = useCallback((): void => {
    current.current?.abort();
    // The last report would come through the stream that was just left.
    setView(({ startedAt, report }) => ({
      startedAt,
      running: null,
      report: report && { ...report, state: 'stopped', elapsedMs: Date.now() - startedAt },
      error: null,
    }));
  }, []);

  return { ...view, start, stop };
}
