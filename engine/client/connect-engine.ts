import { setTimeout as delay } from 'node:timers/promises';
import { createORPCClient, mapEventIterator, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient, InferContractRouterOutputs } from '@orpc/contract';
import { isAsyncIteratorObject } from '@orpc/shared';
import type { WebSocket } from 'ws';
import { WireError } from '../../contract/errors.ts';
import { type contract, protocolVersion } from '../../contract/procedures.ts';
import { rpcPath } from '../../contract/streams.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import { withDeadline } from '../base/time.ts';
import { type Paths, pathsUnder } from '../paths.ts';
import { prepareHome } from '../prepare-home.ts';
import type { WebSocketRawStream } from '../rpc/raw-stream.ts';
import { engineRunningExitCode } from '../run-engine.ts';
import {
  defaultEngineCommand,
  type EngineCommand,
  type LaunchedEngine,
  launchEngine,
} from './launch-engine.ts';
import { openRawStream, openSocket } from './open-socket.ts';

/** A started engine answers within a second or two; adopting a VM may take longer. */
const startTimeoutMs = 60_000;
const pollIntervalMs = 50;

/** An engine that is busy still answers its first question within a fraction of this. */
const greetTimeoutMs = 15_000;

export type EngineCalls = ContractRouterClient<typeof contract>;
export type EngineInfo = InferContractRouterOutputs<typeof contract>['engine']['info'];

export interface EngineClient {
  /** The contract's procedures. They reject with EngineError only. */
  readonly calls: EngineCalls;
  readonly info: EngineInfo;
  /** True when this call started the engine. */
  readonly started: boolean;
  /** A raw stream of its own, such as `terminalPath(id)`. */
  openStream(path: string): Promise<WebSocketRawStream>;
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface ConnectEngineOptions {
  readonly home: string;
  readonly startIfNone: boolean;
  readonly signal?: AbortSignal;
  /** Told before an engine is started. */
  readonly onStart?: () => void;
  /** How to start one; this program's Node on engine/main.ts unless said. */
  readonly command?: EngineCommand;
  /** Also take an engine of another protocol: `quit` must reach it. */
  readonly anyProtocol?: boolean;
}

/**
 * Connects to the engine of a FOREDECK_HOME, starting one in the background if asked. Throws `engine_unreachable`
 * when none runs, `engine_outdated` when it speaks another protocol, or whatever kept a started one from running.
 */
export async function connectEngine(options: ConnectEngineOptions): Promise<EngineClient> {
  const running = await findEngine(options);
  if (running) return running;
  const paths = pathsUnder(options.home);
  if (!options.startIfNone) throw noneRuns(paths);
  options.onStart?.();
  await prepareHome(paths.home);
  const { socket, engine } = await startAndOpen(paths, options);
  const client = await greet(socket, paths, options, engine.pid);
  // Another one was first and has the lock. A slow start of ours must not take the home when that one quits.
  if (!client.started && socket.readyState === socket.OPEN) await engine.discard();
  return client;
}

/** Connects to the engine of a FOREDECK_HOME, or gives null when none runs. */
export async function findEngine(
  options: Omit<ConnectEngineOptions, 'startIfNone'>,
): Promise<EngineClient | null> {
  const paths = pathsUnder(options.home);
  const socket = await tryOpen(paths);
  return socket ? await greet(socket, paths, options) : null;
}

async function startAndOpen(
  paths: Paths,
  options: ConnectEngineOptions,
): Promise<{ socket: WebSocket; engine: LaunchedEngine }> {
  const engine = await launchEngine(paths, options.command ?? defaultEngineCommand());
  let exit: { code: number | null } | undefined;
  void engine.exited.then((code) => {
    exit = { code };
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const socket = await tryOpen(paths);
    if (socket) return { socket, engine };
    // With that status ours has lost against another one: wait for the other to answer.
    if (exit && exit.code !== engineRunningExitCode) throw await engine.explainExit(exit.code);
    await delay(pollIntervalMs, undefined, options.signal ? { signal: options.signal } : {});
  }
  throw new EngineError({
    code: 'engine_unreachable',
    message: `The engine of "${paths.home}" runs but has not answered for ${startTimeoutMs / 1_000} s.`,
    hint: `Its log is ${paths.engineLog}; the line "engine starts" has its process id. End that process and try again.`,
  });
}

async function tryOpen(paths: Paths): Promise<WebSocket | undefined> {
  try {
    return await openSocket(paths.engineSocket, rpcPath);
  } catch (thrown) {
    // No socket; or the socket of an engine that was killed; or a home that does not exist yet.
    if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ECONNRESET'].includes(errnoOf(thrown) ?? '')) return undefined;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new EngineError({
      code: 'engine_unreachable',
      message: `Cannot reach the engine at "${paths.engineSocket}": ${why}.`,
      hint: errnoOf(thrown) === 'EACCES' ? 'Only the user who started it can.' : '',
      cause: thrown,
    });
  }
}

async function greet(
  socket: WebSocket,
  paths: Paths,
  options: Pick<ConnectEngineOptions, 'anyProtocol' | 'signal'>,
  launchedPid?: number,
): Promise<EngineClient> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const close = async (): Promise<void> => {
    socket.close();
    const cut = setTimeout(() => socket.terminate(), 1_000);
    await closed;
    clearTimeout(cut);
  };
  try {
    const calls = createCalls(socket, paths);
    const info = await withDeadline(
      {
        timeoutMs: greetTimeoutMs,
        signal: options.signal ?? new AbortController().signal,
        onTimeout: () => ({
          code: 'engine_unreachable',
          message: `The engine of "${paths.home}" takes connections but does not answer.`,
          hint: `Its log is ${paths.engineLog}; the line "engine starts" has its process id. End that process and try again.`,
        }),
      },
      (signal) => calls.engine.info(undefined, { signal }),
    );
    if (info.protocol !== protocolVersion && !options.anyProtocol) throw outdated(info);
    return {
      calls,
      info,
      started: info.host.enginePid === launchedPid,
      closed,
      close,
      openStream: (path) => openRawStream(paths.engineSocket, path),
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function createCalls(socket: WebSocket, paths: Paths): EngineCalls {
  const translate = (thrown: unknown): unknown => fromWire(thrown, socket, paths);
  const link = new RPCLink({
    // ws implements the part of the DOM's WebSocket that the link uses.
    websocket: socket as unknown as globalThis.WebSocket,
    interceptors: [
      async ({ next }) => {
        try {
          const output = await next();
          if (!isAsyncIteratorObject(output)) return output;
          return mapEventIterator(output, {
            value: async (value) => value,
            error: async (thrown) => translate(thrown),
          });
        } catch (thrown) {
          throw translate(thrown);
        }
      },
    ],
  });
  return createORPCClient(link);
}

/** What the engine or the connection threw, as an EngineError again; an abort stays what it is. */
function fromWire(thrown: unknown, socket: WebSocket, paths: Paths): unknown {
  if (thrown instanceof ORPCError) {
    const wire = WireError.safeParse(thrown.data);
    if (wire.success) return new EngineError(wire.data);
    return new EngineError({
      code: 'engine_outdated',
      message: `The running engine does not know this request (${thrown.code}: ${thrown.message}).`,
      hint: 'Run "foredeck quit" and try again: the next engine is of this version.',
    });
  }
  if (socket.readyState === socket.OPEN) return thrown;
  return new EngineError({
    code: 'engine_unreachable',
    message: 'The engine went away before it answered.',
    hint: `Its log is ${paths.engineLog}; running containers go on and the next engine takes them over.`,
    cause: thrown,
  });
}

function noneRuns(paths: Paths): EngineError {
  return new EngineError({
    code: 'engine_unreachable',
    message: `No engine runs for FOREDECK_HOME "${paths.home}".`,
    hint: '"foredeck start" starts one.',
  });
}

function outdated(info: EngineInfo): EngineError {
  return new EngineError({
    code: 'engine_outdated',
    message: `The running engine (${info.host.engineVersion}, pid ${info.host.enginePid}) speaks protocol ${info.protocol}, this program ${protocolVersion}.`,
    hint: 'Run "foredeck quit" and try again: the next engine is of this version. Containers start again with it.',
  });
}
