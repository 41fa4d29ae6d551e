import { useEffect, useState } from 'react';
import type { ActivityEntry } from '../../../contract/activity.ts';
import { useEngine } from '../../state/engine-store.ts';

/** As many as the engine remembers. */
const keptEntries = 1_000;

/** Whatever ended the stream may end the next one too. */
const retryMs = 5_000;

/** What happened, newest first, for as long as somebody looks; what is known stays while the engine is away. */
export function useActivity(): readonly ActivityEntry[] {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [entries, setEntries] = useState<readonly ActivityEntry[]>([]);
  useEffect(() => {
    if (!client) return;
    const watching = new AbortController();
    const { signal } = watching;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const watch = async (): Promise<void> => {
      let first = true;
      try {
        for await (const batch of await client.activity.watch(undefined, { signal })) {
          // The first one is all that is remembered: an engine that was restarted counts from one again.
          const before = first;
          first = false;
          setEntries((known) => [...batch.toReversed(), ...(before ? [] : known)].slice(0, keptEntries));
        }
      } catch {
        // The window says when the engine is away; here only what is known matters.
      }
      if (!signal.aborted) retry = setTimeout(() => void watch(), retryMs);
    };
    void watch();
    return () => {
      watching.abort();
      clearTimeout(retry);
    };
  }, [client]);
  return entries;
}
