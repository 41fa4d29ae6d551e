import type { EngineLink } from '../bridge/engine-link.ts';
import { useEngine } from './engine-store.ts';
import { UpdateBatch } from './update-batch.ts';

/** Feeds the store from `link` until `signal` aborts. */
export function runSession(link: EngineLink, signal: AbortSignal): Promise<void> {
  const batch = new UpdateBatch();
  useEngine.setState({ link });
  return link.run(
    {
      onUpdate: (update) => batch.add(update),
      onStatus: (status) => {
        const wasUp = useEngine.getState().status.phase === 'up';
        useEngine.setState(wasUp ? { status, heardAt: Date.now() } : { status });
      },
    },
    signal,
  );
}
