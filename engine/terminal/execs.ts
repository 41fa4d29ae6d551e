import { randomUUID } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { ExecClientMessage, type TerminalServerMessage } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import type { GuestLink, GuestProcess } from '../vm/ports.ts';

/** A client attaches right after it has asked; later means that it has gone. */
const unattachedTimeoutMs = 30_000;

/** First byte of each binary message downwards (contract/terminal.ts). */
const stdoutMark = 1;
const stderrMark = 2;

/** Bytes on their way to the client beyond which the command is held back, and how often that is looked at. */
const highWaterBytes = 1024 * 1024;
const drainCheckIntervalMs = 10;

/** Commands in a VM without a terminal, each run once for the client which attaches to it. */
export class Execs {
  readonly #linkOf: (vm: string) => GuestLink;
  readonly #prepared = new Map<string, { link: GuestLink; argv: readonly string[]; timer: NodeJS.Timeout }>();

  /** `linkOf` throws `unknown_vm` or `wrong_state` when the VM is not connected. */
  constructor(options: { linkOf: (vm: string) => GuestLink }) {
    this.#linkOf = options.linkOf;
  }

  prepare(vm: string, argv: readonly string[]): { id: string } {
    const link = this.#linkOf(vm);
    const id = randomUUID();
    const timer = setTimeout(() => this.#prepared.delete(id), unattachedTimeoutMs);
    timer.unref();
    this.#prepared.set(id, { link, argv, timer });
    return { id };
  }

  /** Starts the command. Throws `unknown_terminal` when it has run already or was never prepared. */
  attach(id: string, stream: RawStream): void {
    const prepared = this.#prepared.get(id);
    if (!prepared) {
      throw new EngineError({
        code: 'unknown_terminal',
        message: 'This command has been run already, or was not started in time.',
      });
    }
    clearTimeout(prepared.timer);
    this.#prepared.delete(id);
    void runCommand(prepared.link, prepared.argv, stream);
  }
}

async function runCommand(link: GuestLink, argv: readonly string[], stream: RawStream): Promise<void> {
  const abort = new AbortController();
  stream.onClose(() => abort.abort());
  const started = link.spawn(argv, { signal: abort.signal });
  // What the client sends meanwhile waits for the command.
  const running = started.catch(() => undefined);
  stream.onMessage(async (message) => {
    const command = await running;
    if (command) await feed(command, message);
  });
  try {
    const { stdout, stderr, exited } = await started;
    await Promise.all([
      copyOut(stdout, stdoutMark, stream, abort.signal),
      copyOut(stderr, stderrMark, stream, abort.signal),
    ]);
    const code = await exited;
    exit(stream, code, code === null ? 'The connection to the VM was lost.' : '');
  } catch (thrown) {
    if (!abort.signal.aborted) exit(stream, null, toEngineError(thrown).message);
  } finally {
    abort.abort();
  }
}

/** Pending while the command does not read; the client is not read from meanwhile. */
async function feed(running: GuestProcess, message: Uint8Array | string): Promise<void> {
  const { stdin } = running;
  if (typeof message === 'string') {
    ExecClientMessage.parse(JSON.parse(message));
    stdin.end();
    return;
  }
  // A command may stop reading before its input ends; the client learns by the exit.
  if (stdin.destroyed || stdin.writableEnded) return;
  await new Promise<void>((resolve) => stdin.write(message, () => resolve()));
}

async function copyOut(
  output: GuestProcess['stdout'],
  mark: number,
  stream: RawStream,
  signal: AbortSignal,
): Promise<void> {
  output.on('data', (bytes: Buffer) => {
    stream.send(Buffer.concat([Uint8Array.of(mark), bytes]));
    if (stream.bufferedBytes > highWaterBytes) holdBack(output, stream, signal);
  });
  await finished(output, { signal });
}

/** Streams do not say when they have drained, so the client's is asked until it has. */
function holdBack(output: GuestProcess['stdout'], stream: RawStream, signal: AbortSignal): void {
  if (output.isPaused()) return;
  output.pause();
  const timer = setInterval(() => {
    if (stream.bufferedBytes > highWaterBytes && !signal.aborted) return;
    clearInterval(timer);
    output.resume();
  }, drainCheckIntervalMs);
}

function exit(stream: RawStream, code: number | null, reason: string): void {
  const message: TerminalServerMessage = { type: 'exit', code, reason };
  stream.send(JSON.stringify(message));
  stream.close();
}
