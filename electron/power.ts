import { powerMonitor } from 'electron';
import { toEngineError } from '../engine/base/engine-error.ts';
import type { EngineCalls } from '../engine/client/connect-engine.ts';
import type { EngineConnection } from './engine.ts';

/** Tells the engine what the host's power does; after `ready`. Where no engine is connected there is nobody to tell. */
export function followPower(options: { engine: EngineConnection; hostShutsDown: () => Promise<void> }): void {
  const { engine, hostShutsDown } = options;
  const tell = (work: (calls: EngineCalls) => Promise<void>): void => {
    if (engine.client)
      work(engine.client.calls).catch((thrown) => console.error(toEngineError(thrown).message));
  };
  powerMonitor.on('suspend', () => tell((calls) => calls.host.sleeps()));
  powerMonitor.on('resume', () => tell((calls) => calls.host.woke()));
  // Electron's types leave the event out; its documentation has it, and its `preventDefault` holds the host up.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    void hostShutsDown();
  });
}
