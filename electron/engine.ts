import { join } from 'node:path';
import { EngineError } from '../engine/base/engine-error.ts';
import { OnceAtATime } from '../engine/base/once-at-a-time.ts';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';
import type { EngineCommand } from '../engine/client/launch-engine.ts';
import type { WebSocketRawStream } from '../engine/rpc/raw-stream.ts';

export interface EngineConnectionOptions {
  readonly home: string;
  readonly command: EngineCommand;
  /** Aborts attempts to start an engine. */
  readonly signal: AbortSignal;
}

/**
 * The engine of this home, started when none runs. It is looked for again whenever a stream is asked for, so a page
 * that comes back after the engine died brings the next engine up. The engine outlives this program, unless `quit` is asked for.
 */
export class EngineConnection {
  readonly #options: EngineConnectionOptions;
  readonly #attempts = new OnceAtATime();
  #client: EngineClient | undefined;
  #quitting = false;

  constructor(options: EngineConnectionOptions) {
    this.#options = options;
  }

  /** Resolves when the engine answers. Rejects with the EngineError that kept it from running. */
  async reach(): Promise<EngineClient> {
    if (this.#client) return this.#client;
    return await this.#attempts.run('reach', async () => {
      const { home, command, signal } = this.#options;
      signal.throwIfAborted();
      if (this.#quitting) throw new EngineError({ code: 'cancelled', message: 'The engine is being ended.' });
      const client = await connectEngine({ home, command, signal, startIfNone: true });
      this.#client = client;
      void client.closed.then(() => {
        this.#client = undefined;
      });
      return client;
    });
  }

  async openStream(path: string): Promise<WebSocketRawStream> {
    const client = await this.reach();
    return await client.openStream(path);
  }

  /**
   * Stops every VM as the setting says, then the engine, and resolves when it is gone. From then on none is started
   * again: a page that misses it would. Throws what kept the engine from it, which goes on then.
   */
  async quit(): Promise<void> {
    await this.#attempts.run('quit', async () => {
      const client = await this.reach();
      this.#quitting = true;
      try {
        await client.calls.engine.quit();
      } catch (thrown) {
        this.#quitting = false;
        throw thrown;
      }
      await client.closed;
    });
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}

/**
 * How the shell starts an engine: the bundle beside the built main, on this same binary as Node. `root` holds
 * `vm-templates/` and `resources/`; `version` is given where package.json does not lie there.
 */
export function engineCommand(options: {
  mainFolder: string;
  root: string;
  version?: string;
}): EngineCommand {
  const { mainFolder, root, version } = options;
  const said = version === undefined ? {} : { FOREDECK_VERSION: version };
  return {
    file: process.execPath,
    args: [join(mainFolder, 'engine.js')],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', FOREDECK_ROOT: root, ...said },
  };
}
