import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, open, readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import { sleep, withDeadline } from '../base/time.ts';
import type { VmPaths } from '../paths.ts';
import { changeShares } from './namespace-script.ts';
import { inNamespaceOf, serverCommand } from './server-command.ts';
import { changedFolders, newMounts, ShareMount } from './share-mounts.ts';

/** From exec to the socket: loading the program from a cold disk is the slow part. */
const listenTimeoutMs = 15_000;

/** Mounting is instant; a folder on a network that is away is not. */
const mountTimeoutMs = 30_000;

const lookIntervalMs = 25;

/** It has nothing to finish: what it was told to write is written. */
const endTimeoutMs = 2_000;

/** Lines of its own words shown with an error. */
const evidenceLines = 8;

/** `shares.json` of a VM: what the next engine must know to take the server over. */
const ServerNote = z.object({ pid: z.number().int().positive(), mounts: z.array(ShareMount) });

export interface FolderProcessOptions {
  readonly paths: VmPaths;
  /** FOREDECK_HOME, symbolic links followed: in no share it is seen. */
  readonly home: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** A virtiofsd in its namespace, and what it shows. Detached, as QEMU is: it outlives the engine. */
export class FolderProcess {
  readonly pid: number;
  /** What is mounted in its namespace. */
  mounts: readonly ShareMount[];
  readonly #options: FolderProcessOptions;
  /** Whether its root has a list yet, be it an empty one. */
  #shows: boolean;

  private constructor(options: FolderProcessOptions, pid: number, mounts: readonly ShareMount[]) {
    this.#options = options;
    this.pid = pid;
    this.mounts = mounts;
    this.#shows = mounts.length > 0;
  }

  /** Starts one in the place of whatever was left. Throws `share_failed`, in its own words. */
  static async start(
    options: FolderProcessOptions & { virtiofsd: readonly string[]; signal: AbortSignal },
  ): Promise<FolderProcess> {
    const { paths, signal } = options;
    await (await FolderProcess.find(options))?.end();
    await rm(paths.sharesSocket, { force: true });
    await mkdir(paths.sharesRoot, { recursive: true, mode: 0o700 });
    const log = await open(paths.sharesLog, 'w', 0o600);
    try {
      const [program = '', ...args] = serverCommand({
        ...options,
        root: paths.sharesRoot,
        socketPath: paths.sharesSocket,
      });
      const child = spawn(program, args, { detached: true, stdio: ['ignore', log.fd, log.fd] });
      await once(child, 'spawn');
      child.unref();
      const server = new FolderProcess(options, child.pid ?? 0, []);
      try {
        // At once: an engine killed from here on leaves a server which the next one must find.
        await server.#note();
        await server.#listening(child, signal);
        return server;
      } catch (thrown) {
        await server.end();
        throw thrown;
      }
    } catch (thrown) {
      if (thrown instanceof EngineError || signal.aborted) throw thrown;
      throw new EngineError({
        code: 'share_failed',
        message: `The server for shared folders cannot be started: ${thrown instanceof Error ? thrown.message : thrown}.`,
        cause: thrown,
      });
    } finally {
      await log.close();
    }
  }

  /** The one which an earlier engine, or this one, has started, if it runs. */
  static async find(options: FolderProcessOptions): Promise<FolderProcess | null> {
    const text = await readFileIfAny(options.paths.sharesNote);
    if (text === undefined) return null;
    const note = parse(text);
    if (!note) return null;
    const server = new FolderProcess(options, note.pid, note.mounts);
    return (await server.alive()) ? server : null;
  }

  /** A pid alone proves nothing; the socket's path on its command line does. */
  async alive(): Promise<boolean> {
    const text = await readFile(`/proc/${this.pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0').includes(this.#options.paths.sharesSocket);
  }

  /** Makes its namespace show `wanted`; answers which folders were mounted anew. Throws `share_failed`. */
  async show(wanted: readonly ShareMount[], signal: AbortSignal): Promise<string[]> {
    const { home, paths } = this.#options;
    const coming = newMounts(this.mounts, wanted);
    // What is to come may be there already, after a try that failed half way.
    const going = [...newMounts(wanted, this.mounts), ...coming].map(({ name }) => name);
    const changed = changedFolders(this.mounts, wanted);
    if (changed.length === 0 && this.#shows) return [];
    const list = wanted.flatMap((mount) => {
      const { kind, name, path, target } = mount;
      return [coming.includes(mount) ? 'new' : 'old', kind, name, path, target];
    });
    await this.#run([...script, paths.sharesRoot, home, String(going.length), ...going, ...list], signal);
    this.#shows = true;
    this.mounts = wanted;
    await this.#note();
    return changed;
  }

  /** Resolves when it is gone. Never rejects. */
  async end(): Promise<void> {
    const { paths } = this.#options;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!(await this.alive())) break;
      kill(this.pid, signal);
      const givenUpAt = Date.now() + endTimeoutMs;
      while ((await this.alive()) && Date.now() < givenUpAt) await sleep(lookIntervalMs, neverAborted);
    }
    const note = parse((await readFileIfAny(paths.sharesNote)) ?? '');
    // Another one may have taken its place by now.
    if (note?.pid !== this.pid) return;
    await rm(paths.sharesSocket, { force: true });
    await rm(paths.sharesNote, { force: true });
  }

  async #listening(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const { paths } = this.#options;
    const onTimeout = () => ({
      code: 'share_failed' as const,
      message: `The server for shared folders does not listen after ${listenTimeoutMs / 1_000} s.`,
    });
    await withDeadline({ timeoutMs: listenTimeoutMs, signal, onTimeout }, async (within) => {
      while (!(await exists(paths.sharesSocket))) {
        if (child.exitCode !== null || child.signalCode !== null) throw await this.#ownWords();
        await sleep(lookIntervalMs, within);
      }
    });
  }

  async #ownWords(): Promise<EngineError> {
    const lines = await lastLines(this.#options.paths.sharesLog, evidenceLines).catch(() => []);
    const said = lines.join('\n');
    const refused = /unshare|Operation not permitted|Permission denied/.test(said);
    return new EngineError({
      code: 'share_failed',
      message: refused
        ? 'This computer does not let programs have a mount namespace of their own, which sharing folders takes.'
        : `The server for shared folders ended: ${lines.at(-1) ?? 'it said nothing'}.`,
      hint: refused
        ? 'On Ubuntu 24.04 and later: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`.'
        : 'Share the folder again to try again.',
      details: { output: said },
    });
  }

  async #run(argv: readonly string[], signal: AbortSignal): Promise<void> {
    const [program = '', ...args] = [...inNamespaceOf(this.pid, this.#options.user), ...argv];
    const result = await execa(program, args, {
      cancelSignal: signal,
      timeout: mountTimeoutMs,
      reject: false,
      stdin: 'ignore',
    });
    signal.throwIfAborted();
    if (!result.failed) return;
    throw new EngineError({
      code: 'share_failed',
      message: result.timedOut
        ? `Mounting took longer than ${mountTimeoutMs / 1_000} s.`
        : `Mounting failed: ${result.stderr.trim().split('\n').at(-1) || result.shortMessage}.`,
      details: { output: result.stderr.slice(-2_000) },
    });
  }

  async #note(): Promise<void> {
    const note = { pid: this.pid, mounts: [...this.mounts] };
    await writeFileAtomic(this.#options.paths.sharesNote, `${JSON.stringify(note, null, 2)}\n`);
  }
}

const script = ['/bin/sh', '-c', changeShares, 'sh'];

function parse(text: string): z.infer<typeof ServerNote> | null {
  try {
    return ServerNote.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ESRCH') throw thrown;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Waiting for an end that was asked for is bounded by itself. */
const neverAborted = new AbortController().signal;
