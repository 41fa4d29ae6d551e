import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import type { Client, ClientChannel, ExecOptions } from 'ssh2';
import { EngineError } from '../base/engine-error.ts';
import { orAborted } from '../base/time.ts';
import type {
  GuestExecOptions,
  GuestExecResult,
  GuestLink,
  GuestProcess,
  GuestPty,
  SocketCarrier,
  SocketCarrierOptions,
  VmKeys,
} from '../vm/ports.ts';
import { ChannelStream } from './channel-stream.ts';
import { collectCommand, exitOf, guestProcess } from './guest-command.ts';
import { OpenSshCarrier } from './openssh-carrier.ts';
import { sendSignal } from './send-signal.ts';
import { shellCommand } from './shell-quote.ts';
import { writeGuestFile } from './write-guest-file.ts';

/** A guest that does not answer a polite end within this is not going to. */
const endTimeoutMs = 5_000;

/** What xterm.js emulates, and what the guest's terminfo knows. */
const terminalType = 'xterm-256color';

/** For programs on a terminal; the guest's sshd accepts these names (`AcceptEnv`). */
const terminalEnvironment = { LANG: 'C.UTF-8', COLORTERM: 'truecolor' };

/** Opens one channel; ssh2's callback style. */
type OpenChannel = (done: (error: Error | undefined, channel: ClientChannel) => void) => void;

/** A GuestLink over one authenticated ssh2 connection, which it owns. */
export class SshLink implements GuestLink {
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #target: { port: number; keys: VmKeys };
  readonly #gone = new AbortController();
  readonly #closed: Promise<void>;
  /** Why the connection went away, when ssh2 said. */
  #cause: Error | undefined;
  #closing = false;

  /** `socket` is the one which `client` speaks on, to `target`. */
  constructor(client: Client, socket: Socket, target: { port: number; keys: VmKeys }) {
    this.#client = client;
    this.#socket = socket;
    this.#target = target;
    client.on('error', (error) => {
      this.#cause ??= error;
    });
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#gone.abort(this.#lostError());
        resolve();
      });
    });
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  get #lost(): { signal: AbortSignal; error: () => EngineError } {
    return { signal: this.signal, error: () => this.#lostError() };
  }

  exec(argv: readonly string[], options: GuestExecOptions = {}): Promise<GuestExecResult> {
    return collectCommand(argv, options, {
      lost: this.#lost,
      start: (signal) => this.spawn(argv, { signal }),
    });
  }

  spawn(argv: readonly string[], options: { signal?: AbortSignal } = {}): Promise<GuestProcess> {
    const { signal } = options;
    return this.#open({
      what: `"${argv[0]}"`,
      open: this.#command(argv, {}),
      adopt: (channel) => guestProcess(channel, this.#lost, signal),
      signal,
    });
  }

  openPty(options: { argv: readonly string[] | null; cols: number; rows: number }): Promise<GuestPty> {
    const pty = { term: terminalType, cols: options.cols, rows: options.rows };
    const { argv } = options;
    return this.#open({
      what: argv ? `"${argv[0]}"` : 'a login shell',
      open: argv
        ? this.#command(argv, { pty, env: terminalEnvironment })
        : (done) => this.#client.shell(pty, { env: terminalEnvironment }, done),
      adopt: (channel) => this.#guestPty(channel),
    });
  }

  writeFile(
    path: string,
    content: Uint8Array | Readable,
    options: { mode: number; onProgress?: (doneBytes: number) => void; signal?: AbortSignal },
  ): Promise<void> {
    return writeGuestFile(this, path, content, options);
  }

  connectUnix(path: string): Promise<Duplex> {
    return this.#open({
      what: `the socket ${path}`,
      open: (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
      adopt: (channel) => new ChannelStream(channel, this.#lost),
    });
  }

  carrier(options: SocketCarrierOptions): SocketCarrier {
    return new OpenSshCarrier({ ...options, ...this.#target, link: this });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.signal.aborted) return;
    this.#client.end();
    const destroy = setTimeout(() => this.#socket.destroy(), endTimeoutMs);
    await this.#closed;
    clearTimeout(destroy);
  }

  #command(argv: readonly string[], options: ExecOptions): OpenChannel {
    const command = shellCommand(argv);
    return (done) => this.#client.exec(command, options, done);
  }

  #guestPty(channel: ClientChannel): GuestPty {
    const exited = exitOf(channel);
    const stream = new ChannelStream(channel, this.#lost);
    return {
      stream,
      exited,
      resize: (cols, rows) => channel.setWindow(rows, cols, 0, 0),
      close: () => {
        // What a terminal emulator's window does: the shell ends, and tells its children.
        sendSignal(channel, 'HUP');
        stream.destroy();
      },
    };
  }

  /** `what` names the thing for the error message. */
  async #open<T>(options: {
    what: string;
    open: OpenChannel;
    /** Called at once, for a short command's exit may stand right behind the confirmation. */
    adopt: (channel: ClientChannel) => T;
    signal?: AbortSignal | undefined;
  }): Promise<T> {
    const { what, open, adopt, signal } = options;
    if (this.signal.aborted) throw this.#lostError();
    signal?.throwIfAborted();
    const opening = new Promise<T>((resolve, reject) => {
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error) reject(this.signal.aborted ? this.#lostError() : channelRefused(what, error));
        else resolve(adopt(channel));
      };
      try {
        open(done);
      } catch (thrown) {
        // ssh2 throws "Not connected" between the socket's end and its `close`.
        reject(new EngineError({ ...this.#lostInput(), cause: thrown }));
      }
    });
    return await (signal ? orAborted(opening, signal) : opening);
  }

  #lostError(): EngineError {
    return new EngineError({ ...this.#lostInput(), cause: this.#cause });
  }

  #lostInput(): { code: 'ssh_failed'; message: string; hint: string } {
    if (this.#closing) {
      return { code: 'ssh_failed', message: 'The connection to the VM was closed.', hint: '' };
    }
    const why = this.#cause ? `: ${this.#cause.message}` : '';
    return {
      code: 'ssh_failed',
      message: `The connection to the VM was lost${why}.`,
      hint: 'Foredeck reconnects by itself; if it does not, restart the VM.',
    };
  }
}

function channelRefused(what: string, error: Error): EngineError {
  return new EngineError({
    code: 'ssh_failed',
    message: `The VM's SSH server did not open ${what}: ${error.message}.`,
    hint: 'The service behind it may not be running yet; the VM console shows what is.',
    cause: error,
  });
}
