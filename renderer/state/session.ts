import type { EngineLink } from '../bridge/engine-link.ts';
import { applyUpdate, useEngine } from './engine-store.ts';

/** Feeds the store from `link` until `signal` aborts. */
export function runSession(link: EngineLink, signal: AbortSignal): Promise<void> {
  useEngine.setState({ link });
  return link.run(
    {
      onUpdate: applyUpdate,
      onStatus: (status) => {
        const wasUp = useEngine.getState().status.phase === 'up';
        useEngine.setState(wasUp ? { status, heardAt: Date.now() } : { status });
      },
    },
    signal,
  );
}
