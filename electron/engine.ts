import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EngineError } from '../engine/base/engine-error.ts';
import { OnceAtATime } from '../engine/base/once-at-a-time.ts';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';
import type { EngineCommand } from '../engine/client/launch-engine.ts';
import { pathsUnder } from '../engine/paths.ts';
import type { WebSocketRawStream } from '../engine/rpc/raw-stream.ts';

export interface EngineConnectionOptions {
  readonly home: string;
  readonly command: EngineCommand;
  /** Aborts attempts to start an engine. */
  readonly signal: AbortSignal;
}

/**
 * The engine of this home. One that crashed is started again by whoever misses it first; one that somebody has ended,
 * here or with `foredeck quit`, stays ended until a person asks for it. It outlives this program, unless `quit` is asked for.
 */
export class EngineConnection {
  readonly #options: EngineConnectionOptions;
  readonly #attempts = new OnceAtATime();
  #client: EngineClient | undefined;
  #ended = false;
  #quitting = false;

  constructor(options: EngineConnectionOptions) {
    this.#options = options;
  }

  /** The engine as it is connected now. */
  get client(): EngineClient | undefined {
    return this.#client;
  }

  /** Whether the engine was ended in order, and none has been found since. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Because a person wants it: resolves when the engine answers. Rejects with what kept it from running. */
  async reach(): Promise<EngineClient> {
    this.#ended = false;
    return await this.reachAgain();
  }

  /** The same, but starts none in the place of one that was ended: `engine_unreachable`. */
  async reachAgain(): Promise<EngineClient> {
    if (this.#client) return this.#client;
    return await this.#attempts.run('reach', async () => {
      const { home, command, signal } = this.#options;
      signal.throwIfAborted();
      if (this.#quitting) throw new EngineError({ code: 'cancelled', message: 'The engine is being ended.' });
      const client = await connectEngine({ home, command, signal, startIfNone: !this.#ended });
      this.#client = client;
      this.#ended = false;
      void client.closed.then(() => {
        this.#client = undefined;
        // An engine that ends removes its socket; one that dies leaves it.
        this.#ended = !existsSync(pathsUnder(home).engineSocket);
      });
      return client;
    });
  }

  async openStream(path: string): Promise<WebSocketRawStream> {
    const client = await this.reachAgain();
    return await client.openStream(path);
  }

  /**
   * Stops every VM as the setting says, then the engine, and resolves when it is gone. From then on none is started
   * again: a page that misses it would. Throws what kept the engine from it, which goes on then.
   */
  async quit(options: { hurried: boolean }): Promise<void> {
    await this.#attempts.run('quit', async () => {
      const client = await this.reachAgain();
      this.#quitting = true;
      try {
        await client.calls.engine.quit(options);
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
    env: {
      ...process.env,
      // A QEMU brought along comes after the system's own; see extraResources in electron-builder.yml.
      PATH: [process.env.PATH, join(root, 'qemu', 'bin')].filter(Boolean).join(delimiter),
      ELECTRON_RUN_AS_NODE: '1',
      FOREDECK_ROOT: root,
      ...said,
    },
  };
}
