import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { State } from '../../contract/state.ts';
import { silentLog } from '../../engine/base/log.ts';
import { Scope } from '../../engine/base/scope.ts';
import { openRawStream } from '../../engine/client/open-socket.ts';
import { serveEngine } from '../../engine/rpc/serve-engine.ts';
import { serveHost } from '../../host/serve-host.ts';
import { FakeEngine } from './fake-engine.ts';

const pageFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** The fake engine behind the real sockets and the real browser mode, with the built page. */
export interface FakeApp {
  /** Its FOREDECK_HOME, where a desktop shell finds the engine. */
  readonly home: string;
  readonly engine: FakeEngine;
  /** An address to open once. */
  newUrl(): string;
  /** The engine goes away; the page stays served. */
  stopEngine(): Promise<void>;
  /** It comes back, the same one. */
  startEngine(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeApp(state: State, port = 0): Promise<FakeApp> {
  const scope = new Scope('fake app');
  const home = await mkdtemp(join(tmpdir(), 'fd-ui-'));
  scope.defer(() => rm(home, { recursive: true, force: true }));
  const socketPath = join(home, 'engine.sock');
  const engine = new FakeEngine(state);
  let serving = scope.child('engine');
  const serve = async (): Promise<void> => {
    await serveEngine({ socketPath, api: engine, log: silentLog, scope: serving });
  };
  await serve();
  const openStream = (path: string) => openRawStream(socketPath, path);
  const host = await serveHost({ port, pageFolder, openStream, log: silentLog, scope });
  return {
    home,
    engine,
    newUrl: () => host.newUrl(),
    stopEngine: () => serving.close(),
    startEngine: async () => {
      serving = scope.child('engine');
      await serve();
    },
    close: () => scope.close(),
  };
}
