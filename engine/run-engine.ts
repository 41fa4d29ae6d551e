import { setTimeout as delay } from 'node:timers/promises';
import type { EngineApi } from './api.ts';
import { EngineError, toEngineError } from './base/engine-error.ts';
import { dropAllocatorSettings } from './base/engine-memory.ts';
import { type Lock, takeLock } from './base/lock.ts';
import { createLog, type Log } from './base/log.ts';
import { Scope } from './base/scope.ts';
import { type Paths, pathsUnder } from './paths.ts';
import { prepareHome } from './prepare-home.ts';
import { serveEngine } from './rpc/serve-engine.ts';
import { watchHostShutdown } from './watch-host-shutdown.ts';

/** Exit status of an engine that found another one running for the same FOREDECK_HOME (EX_TEMPFAIL of sysexits.h). */
export const engineRunningExitCode = 75;

/** After `quit` is done its answer still has to reach the client. */
const answerGraceMs = 250;

/** What an engine process runs: the real engine, or a scripted one in tests. */
export interface RunnableEngine extends EngineApi {
  /** Loads state and adopts running VMs; does not wait for a VM to boot. */
  start(): Promise<void>;
  /**
   * Safe to call again. With `stopVms` false they go on and the next engine adopts them; `hurried`, they are suspended
   * within seconds or shut down.
   */
  close(options: { stopVms: boolean; hurried?: boolean }): Promise<void>;
}

export interface RunEngineOptions {
  readonly home: string;
  readonly createEngine: (options: { paths: Paths; log: Log }) => Promise<RunnableEngine>;
}

/**
 * The engine process from lock to exit. Ends the process itself: 0 after `quit`, SIGTERM or SIGINT; 1 when it could
 * not start or met a defect (VMs survive that and are adopted); 75 when another engine has the home. Why it could not
 * start is the last line of standard error, JSON with a WireError under `error`.
 */
export async function runEngine(options: RunEngineOptions): Promise<void> {
  dropAllocatorSettings();
  const scope = new Scope('engine process');
  let log = createLog();
  try {
    const paths = pathsUnder(options.home);
    await prepareHome(paths.home);
    const lock = lockHome(paths);
    if (!lock) {
      log.warn({ error: alreadyRunning(paths).toWire() }, 'another engine runs');
      process.exit(engineRunningExitCode);
    }
    scope.defer(() => lock.release());
    log = createLog({ path: paths.engineLog });
    dieOfDefects(log);
    log.info({ pid: process.pid, node: process.version, home: paths.home }, 'engine starts');

    const engine = await options.createEngine({ paths, log });
    // Whoever quits has stopped them already; a signal or the host's shutdown has not.
    scope.defer(() => engine.close({ stopVms: true, hurried: true }));
    const end = (why: string): void => {
      if (!scope.closed) void endProcess(scope, log, why);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal));
    // The terminal that started the engine may go; the engine stays.
    process.on('SIGHUP', () => log.info('SIGHUP ignored'));
    await watchHostShutdown({ log, scope, onShutdown: () => end('host shutdown') });
    await engine.start();
    await serveEngine({
      socketPath: paths.engineSocket,
      api: engine,
      log,
      scope,
      onQuit: () => void delay(answerGraceMs).then(() => end('quit')),
    });
    log.info({ socket: paths.engineSocket }, 'engine serves');
  } catch (thrown) {
    log.fatal({ error: toEngineError(thrown).toWire(), err: thrown }, 'engine could not start');
    await scope.close().catch((failure) => log.error({ err: failure }, 'cleaning up failed'));
    process.exit(1);
  }
}

function lockHome(paths: Paths): Lock | null {
  try {
    return takeLock(paths.engineLock);
  } catch (thrown) {
    throw new EngineError({
      code: 'home_unusable',
      message: `Cannot lock "${paths.engineLock}": ${toEngineError(thrown).message}.`,
      hint: 'Set FOREDECK_HOME to a folder of your own on a local disk that can be written.',
      cause: thrown,
    });
  }
}

async function endProcess(scope: Scope, log: Log, why: string): Promise<never> {
  log.info({ why }, 'engine ends');
  try {
    await scope.close();
  } catch (thrown) {
    log.error({ err: thrown }, 'ending was not clean');
    process.exit(1);
  }
  log.info('engine ended');
  process.exit(0);
}

/** After a defect nothing in memory can be trusted; QEMU goes on and the next engine adopts it. */
function dieOfDefects(log: Log): void {
  const die = (kind: string) => (thrown: unknown) => {
    log.fatal({ err: thrown, error: toEngineError(thrown).toWire() }, kind);
    process.exit(1);
  };
  process.on('uncaughtException', die('uncaught exception'));
  process.on('unhandledRejection', die('unhandled rejection'));
}

function alreadyRunning(paths: Paths): EngineError {
  return new EngineError({
    code: 'engine_running',
    message: `An engine already runs for FOREDECK_HOME "${paths.home}".`,
    hint: 'Use it, or end it with "foredeck quit".',
  });
}
