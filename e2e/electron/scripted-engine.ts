import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { connectEngine, type EngineClient } from '../../engine/client/connect-engine.ts';

const engineMain = resolve(import.meta.dirname, '../../engine/testing/scripted-engine-main.ts');

/** A process in which the real engine server serves a scripted engine; the shell finds it as it finds the real one. */
export class ScriptedEngineProcess {
  readonly #child: ChildProcess;
  readonly client: EngineClient;

  private constructor(child: ChildProcess, client: EngineClient) {
    this.#child = child;
    this.client = client;
  }

  static async start(home: string): Promise<ScriptedEngineProcess> {
    const child = spawn(process.execPath, [engineMain], {
      env: { ...process.env, FOREDECK_HOME: home },
      stdio: 'ignore',
    });
    // Starts none of its own: the socket is asked until the process above answers.
    for (;;) {
      try {
        return new ScriptedEngineProcess(child, await connectEngine({ home, startIfNone: false }));
      } catch (thrown) {
        if (child.exitCode !== null) throw thrown;
        await new Promise((done) => setTimeout(done, 25));
      }
    }
  }

  get pid(): number {
    return this.client.info.host.enginePid;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
