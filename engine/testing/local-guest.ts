import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { GuestExecOptions, GuestExecResult, GuestLink, GuestProcess } from '../vm/ports.ts';

/** Whether this machine lets us have a binfmt_misc of our own: Linux 6.7 with user namespaces. */
export function privateBinfmtAvailable(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', makePrivate], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** An empty binfmt_misc, and a /var/lib that nobody else sees. */
const makePrivate =
  'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc && mount -t tmpfs tmpfs /var/lib && [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]';

/**
 * This machine in the part of a guest: the same link, real processes, and with `privateBinfmt` a real binfmt_misc in
 * a user namespace of its own, so that nothing of the machine changes. No terminals and no sockets.
 */
export class LocalGuest implements GuestLink {
  readonly #gone = new AbortController();
  readonly #keeper: ChildProcess | undefined;
  readonly #children = new Set<ChildProcess>();
  /** Command lines started, for tests that count round trips. */
  readonly commands: string[][] = [];

  private constructor(keeper: ChildProcess | undefined) {
    this.#keeper = keeper;
  }

  static async start(options: { privateBinfmt: boolean }): Promise<LocalGuest> {
    if (!options.privateBinfmt) return new LocalGuest(undefined);
    const keeper = spawn(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', `${makePrivate} && echo ready && exec cat`],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    await once(keeper.stdout, 'data');
    return new LocalGuest(keeper);
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  get alive(): number {
    return this.#children.size;
  }

  async exec(argv: readonly string[], options: GuestExecOptions = {}): Promise<GuestExecResult> {
    const child = this.#spawn(argv);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
    return { code: code ?? 255, stdout, stderr };
  }

  async spawn(argv: readonly string[], options: { signal?: AbortSignal } = {}): Promise<GuestProcess> {
    const child = this.#spawn(argv);
    options.signal?.addEventListener('abort', () => child.kill(), { once: true });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exited: exitOf(child),
      kill: () => void child.kill(),
    };
  }

  async writeFile(path: string, content: Uint8Array | Readable, options: { mode: number }): Promise<void> {
    const child = this.#spawn([
      'sh',
      '-c',
      'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"',
      'sh',
      path,
      options.mode.toString(8),
    ]);
    Readable.from(content instanceof Uint8Array ? [content] : content).pipe(child.stdin);
    if ((await exitOf(child)) !== 0) throw new Error(`cannot write ${path}`);
  }

  openPty(): never {
    throw new Error('a LocalGuest has no terminals');
  }

  connectUnix(): never {
    throw new Error('a LocalGuest has no sockets');
  }

  carrier(): never {
    throw new Error('a LocalGuest has no sockets');
  }

  /** The connection is gone; what ran over it ends. */
  async close(): Promise<void> {
    this.#gone.abort();
    const ending = [...this.#children].map((child) => exitOf(child));
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(ending);
    if (this.#keeper && this.#keeper.exitCode === null) {
      this.#keeper.stdin?.end();
      await once(this.#keeper, 'exit');
    }
  }

  #spawn(argv: readonly string[]): ChildProcessWithoutNullStreams {
    this.commands.push([...argv]);
    const into =
      this.#keeper?.pid === undefined
        ? []
        : [
            'nsenter',
            '--target',
            String(this.#keeper.pid),
            '--user',
            '--mount',
            '--preserve-credentials',
            '--',
          ];
    const [program = '', ...rest] = [...into, ...argv];
    const child = spawn(program, rest);
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
