import { useEffect, useReducer, useRef, useState } from 'react';
import type { WireError } from '../../../../contract/errors.ts';
import type { Container } from '../../../../contract/records.ts';
import { toWireError } from '../../../bridge/engine-client.ts';
import { useEngine } from '../../../state/engine-store.ts';
import { LogBuffer } from './log-buffer.ts';

/** A log that ended with its container's run is asked for again only when it runs again; a failed one after this. */
const retryMs = 5_000;

/** Of what there is, so many lines are shown at first; all lines that come are kept, up to the buffer's bound. */
export const tailChoices = [1_000, 10_000, 100_000] as const;
export type Tail = (typeof tailChoices)[number];

export interface LogView {
  readonly buffer: LogBuffer;
  /** Grows with each change of the buffer. */
  readonly version: number;
  /** `reading` before the first lines can be there. */
  readonly phase: 'reading' | 'following' | 'ended' | 'failed';
  readonly error: WireError | null;
}

/** The log of a container as long as something shows it and `paused` is false; going on begins behind the last line. */
export function useLog({ vm, id, state }: Container, options: { tail: Tail; paused: boolean }): LogView {
  const { tail, paused } = options;
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const dockerReady = useEngine((view) => view.engine?.vms[vm]?.endpoints.dockerReady === true);
  const [buffer] = useState(() => new LogBuffer());
  const [version, changed] = useReducer((before: number) => before + 1, 0);
  const [progress, setProgress] = useState<Pick<LogView, 'phase' | 'error'>>({
    phase: 'reading',
    error: null,
  });
  /** What has been read: of which container, how far back, up to where. */
  const read = useRef<{ key: string; cursor: string | null }>({ key: '', cursor: null });
  const up = state === 'running' || state === 'paused' || state === 'restarting';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a container that runs again has a log that goes on
  useEffect(() => {
    if (!client || !dockerReady || paused) return;
    const key = `${id} ${tail}`;
    if (read.current.key !== key) {
      read.current = { key, cursor: null };
      buffer.clear();
      changed();
      setProgress({ phase: 'reading', error: null });
    }
    const watching = new AbortController();
    const { signal } = watching;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const watch = async (): Promise<void> => {
      try {
        // Without times in the log there is no place to go on from: it is read anew.
        const after = read.current.cursor;
        if (after === null) buffer.clear();
        const query = { vm, container: id, tail, after };
        for await (const batch of await client.container.watchLogs(query, { signal })) {
          read.current.cursor = batch.cursor;
          buffer.append(batch.lines);
          setProgress((before) =>
            before.phase === 'following' ? before : { phase: 'following', error: null },
          );
          changed();
        }
        if (!signal.aborted) setProgress({ phase: 'ended', error: null });
      } catch (thrown) {
        if (signal.aborted) return;
        setProgress({ phase: 'failed', error: toWireError(thrown) });
        retry = setTimeout(() => void watch(), retryMs);
      }
    };
    void watch();
    return () => {
      watching.abort();
      clearTimeout(retry);
    };
  }, [client, dockerReady, buffer, vm, id, tail, paused, up]);
  return { buffer, version, ...progress };
}
