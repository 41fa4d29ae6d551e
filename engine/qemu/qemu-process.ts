import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import { sleep } from '../base/time.ts';
import type { MachineExit } from '../vm/ports.ts';

/** SIGTERM makes QEMU flush and close its disks, which a slow host may need seconds for. */
const usualGraceMs = 10_000;

/** After SIGKILL only the kernel has to finish; more than this means that it hangs in a device driver. */
const killTimeoutMs = 10_000;

/** How often a process that is not our child is looked for while its exit is expected. */
const goneIntervalMs = 100;

/** Releasing a large guest's memory takes about a second; more is a process that nobody reaps. */
const reapTimeoutMs = 5_000;

/** Lines of QEMU's standard error that are kept as evidence. */
const stderrLines = 20;

/** How a process ended, as far as the process alone can tell. */
export type ProcessExit = Omit<MachineExit, 'cause'>;

/** A QEMU, child of this engine or of an earlier one. It lives in a session of its own and outlives the engine. */
export interface QemuProcess {
  readonly pid: number;
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the exit is confirmed. Throws `qemu_failed` if it never is. */
  terminate(graceMs?: number): Promise<void>;
}

/**
 * Starts QEMU detached, standard error going to `logPath`. The shell in front only sets the umask: QEMU makes its
 * control socket with whatever mode that leaves, and the engine's own umask belongs to all of its code.
 */
export async function spawnQemu(options: {
  path: string;
  args: readonly string[];
  logPath: string;
}): Promise<QemuProcess> {
  const log = await open(options.logPath, 'w', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', 'umask 177; exec "$@"', 'sh', options.path, ...options.args], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = childExit(child, options.logPath);
    const pid = await spawned(child);
    child.unref();
    return { pid, exited, terminate: (graceMs) => terminate(pid, exited, graceMs) };
  } finally {
    await log.close();
  }
}

/**
 * A QEMU which an earlier engine started. Its exit is noticed through `mayBeGone` (its control socket has closed) and
 * then confirmed by looking for the process.
 */
export function adoptQemu(options: {
  pid: number;
  uuid: string;
  logPath: string;
  mayBeGone: Promise<void>;
}): QemuProcess {
  const { pid, uuid, logPath } = options;
  const gone = async (): Promise<ProcessExit> => {
    await options.mayBeGone;
    while (await isQemuOf(pid, uuid)) await sleep(goneIntervalMs, neverAborted);
    await untilReaped(pid);
    return { code: null, signal: null, stderrTail: await stderrTail(logPath) };
  };
  const exited = gone();
  return { pid, exited, terminate: (graceMs) => terminate(pid, exited, graceMs) };
}

/**
 * Whether process `pid` is a QEMU started for the VM `uuid`. A pid alone proves nothing, since the kernel uses it
 * again; the UUID on the command line does.
 */
export async function isQemuOf(pid: number, uuid: string): Promise<boolean> {
  const args = await processArguments(pid);
  return args[args.indexOf('-uuid') + 1] === uuid;
}

/**
 * A process that ends loses its command line before it closes its files, the data disk's lock among them. Waits until
 * the kernel has forgotten it, or for a while: some containers' first process never reaps what it inherits.
 */
async function untilReaped(pid: number): Promise<void> {
  const givenUpAt = Date.now() + reapTimeoutMs;
  while (Date.now() < givenUpAt && (await processArguments(pid)).join('') === '' && exists(pid)) {
    await sleep(goneIntervalMs, neverAborted);
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return errnoOf(thrown) !== 'ESRCH';
  }
}

/** Ends a QEMU left by an earlier engine which cannot be taken over. */
export async function terminateLeftover(pid: number, uuid: string, logPath: string): Promise<void> {
  if (!(await isQemuOf(pid, uuid))) return;
  await adoptQemu({ pid, uuid, logPath, mayBeGone: Promise.resolve() }).terminate();
}

/** Arguments of a running process; none when there is no such process, or it is dead and only not yet reaped. */
async function processArguments(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    try {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    } catch {
      return [];
    }
  }
  try {
    // macOS has no /proc; -ww keeps ps from cutting the line.
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    return stdout.trim().split(' ');
  } catch {
    return [];
  }
}

async function terminate(pid: number, exited: Promise<ProcessExit>, graceMs = usualGraceMs): Promise<void> {
  // The pid of a process that is gone may be somebody else's by now.
  if (await settledWithin(exited, 0)) return;
  signalProcess(pid, 'SIGTERM');
  if (await settledWithin(exited, graceMs)) return;
  signalProcess(pid, 'SIGKILL');
  if (await settledWithin(exited, killTimeoutMs)) return;
  throw new EngineError({
    code: 'qemu_failed',
    message: `QEMU (process ${pid}) does not end, not even by SIGKILL.`,
    hint: 'It waits for a device of the host. Restart the host if it stays.',
  });
}

/** True as soon as `promise` settles, false after `timeoutMs`. */
export async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timeUp = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = sleep(timeoutMs, timeUp.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    timeUp.abort();
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ESRCH') throw thrown;
  }
}

function childExit(child: ChildProcess, logPath: string): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      void stderrTail(logPath).then((tail) => resolve({ code, signal, stderrTail: tail }));
    });
  });
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (thrown) => {
      reject(
        new EngineError({
          code: 'qemu_failed',
          message: `QEMU cannot be started: ${thrown.message}.`,
          cause: thrown,
        }),
      );
    });
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

async function stderrTail(logPath: string): Promise<string> {
  const lines = await lastLines(logPath, stderrLines).catch(() => []);
  return lines.join('\n');
}

/** Watching for an exit ends with the exit only. */
const neverAborted = new AbortController().signal;
