import type { State } from '../contract/state.ts';
import { EngineError } from '../engine/base/engine-error.ts';
import { connectEngine, type EngineClient, findEngine } from '../engine/client/connect-engine.ts';
import { homeFromEnvironment } from '../engine/paths.ts';
import { note } from './output.ts';

/** Runs `work` with the engine of FOREDECK_HOME, started when none runs. */
export async function withEngine<T>(work: (engine: EngineClient) => Promise<T>): Promise<T> {
  const engine = await connectEngine({
    home: homeFromEnvironment(),
    startIfNone: true,
    onStart: () => note('Starting the engine in the background.'),
  });
  return await closing(engine, work);
}

/** Runs `work` with the engine of FOREDECK_HOME, or with null when none runs. */
export async function withRunningEngine<T>(
  work: (engine: EngineClient | null) => Promise<T>,
  options: { anyProtocol?: boolean } = {},
): Promise<T> {
  const engine = await findEngine({ home: homeFromEnvironment(), ...options });
  return engine ? await closing(engine, work) : await work(null);
}

async function closing<T>(engine: EngineClient, work: (engine: EngineClient) => Promise<T>): Promise<T> {
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** The state as it is now. */
export async function readState(engine: EngineClient): Promise<State> {
  const updates = await engine.calls.state.watch();
  try {
    for await (const update of updates) {
      if (update.type === 'snapshot') return update.state;
    }
  } finally {
    await updates.return?.();
  }
  throw new EngineError({
    code: 'engine_unreachable',
    message: 'The engine ended before it told its state.',
  });
}
