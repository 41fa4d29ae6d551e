import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WireError } from '../../contract/errors.ts';
import { EngineError } from '../base/engine-error.ts';
import { v8Options, withAllocatorSettings } from '../base/engine-memory.ts';
import type { Paths } from '../paths.ts';

/** A log beyond this is set aside as `engine.log.1` before the next start. */
const maxLogBytes = 5 * 1024 * 1024;

/**
 * libuv lets getaddrinfo have half of its threads (uv__work_kind of its source), and guests ask for names: with the usual
 * four, two names whose server is silent would keep everybody waiting.
 */
const threadPoolSize = 16;

/** How an engine process is started. */
export interface EngineCommand {
  /** Node, or Electron's binary as Node. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** This program's own Node (Electron's binary as Node inside Electron) on the engine's source. */
export function defaultEngineCommand(): EngineCommand {
  return {
    file: process.execPath,
    args: [join(import.meta.dirname, '..', 'main.ts')],
    env: process.versions.electron ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env,
  };
}

export interface LaunchedEngine {
  readonly pid: number | undefined;
  /** Exit status, or null for a signal; pending as long as the engine lives. Never rejects. */
  readonly exited: Promise<number | null>;
  /** Ends one that is not needed: it has not got the lock. Resolves when it is gone. */
  discard(): Promise<void>;
  /** Why it ended, from what it logged since its launch. */
  explainExit(code: number | null): Promise<EngineError>;
}

/** Starts an engine in the background: it outlives this process and writes to its log only. */
export async function launchEngine(paths: Paths, command: EngineCommand): Promise<LaunchedEngine> {
  const before = await stat(paths.engineLog).catch(() => null);
  if (before && before.size > maxLogBytes) await rename(paths.engineLog, `${paths.engineLog}.1`);
  const logStart = before && before.size <= maxLogBytes ? before.size : 0;
  const output = openSync(paths.engineLog, 'a', 0o600);
  try {
    const child = spawn(command.file, [...v8Options, ...command.args], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
      env: withAllocatorSettings({
        ...command.env,
        UV_THREADPOOL_SIZE: String(threadPoolSize),
        FOREDECK_HOME: paths.home,
      }),
    });
    let spawnProblem = '';
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.once('error', (error) => {
        spawnProblem = error.message;
        resolve(null);
      });
    });
    child.unref();
    return {
      pid: child.pid,
      exited,
      discard: async () => {
        child.kill('SIGKILL');
        await exited;
      },
      explainExit: async (code) =>
        explain(paths, await textFrom(paths.engineLog, logStart), code, spawnProblem),
    };
  } finally {
    closeSync(output);
  }
}

function explain(paths: Paths, logged: string, code: number | null, spawnProblem: string): EngineError {
  const lines = logged.split('\n').filter((line) => line !== '');
  const told = lines.map(errorInLine).findLast((error) => error !== undefined);
  if (told) return new EngineError(told);
  return new EngineError({
    code: 'engine_unreachable',
    message: `The engine ended while starting (${spawnProblem || `exit status ${code ?? 'unknown: a signal'}`}).`,
    hint: `Its log is ${paths.engineLog}.`,
    details: { log: lines.slice(-20).join('\n') },
  });
}

/** The WireError of a log line of run-engine.ts, if it is one. */
function errorInLine(line: string): WireError | undefined {
  try {
    return WireError.safeParse(JSON.parse(line)?.error).data;
  } catch {
    return undefined;
  }
}

async function textFrom(path: string, offset: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.max(0, size - offset)), 0, null, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
