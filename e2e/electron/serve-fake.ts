import type { State } from '../../contract/state.ts';
import { silentLog } from '../../engine/base/log.ts';
import { Scope } from '../../engine/base/scope.ts';
import { pathsUnder } from '../../engine/paths.ts';
import { serveEngine } from '../../engine/rpc/serve-engine.ts';
import { FakeEngine } from '../fake/fake-engine.ts';

export interface ServedFake {
  readonly engine: FakeEngine;
  /** It ends in order. */
  stop(): Promise<void>;
}

/** The fake engine of the page's specs at the place where the shell of `home` finds its engine. It ends when asked to. */
export async function serveFake(home: string, state: State): Promise<ServedFake> {
  const scope = new Scope('fake engine');
  const engine = new FakeEngine(state);
  await serveEngine({
    socketPath: pathsUnder(home).engineSocket,
    api: engine,
    log: silentLog,
    scope,
    // Behind the answer, as the engine's process does it.
    onQuit: () => setImmediate(() => void scope.close()),
  });
  return { engine, stop: () => scope.close() };
}
