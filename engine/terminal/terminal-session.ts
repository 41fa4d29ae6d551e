import {
  type Terminal,
  TerminalClientMessage,
  type TerminalServerMessage,
  type TerminalSize,
} from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import type { GuestPty } from '../vm/ports.ts';
import { Screen } from './screen.ts';

/** Bytes on their way to one client or to the screen beyond which the program is held back. */
const highWaterBytes = 1024 * 1024;
const lowWaterBytes = 128 * 1024;

/** Streams do not say when they have drained; this often they are asked while the program is held back. */
const drainCheckIntervalMs = 20;

/** A client that takes nothing for this long must not hold back the others. */
const stuckClientMs = 10_000;

/** WebSocket close code "try again later" (RFC 6455's registry): the page attaches again and gets a repaint. */
const tryAgainCode = 1013;

/** Questions about a terminal get one answer each, however many clients are attached. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal answers are made of control characters
const terminalAnswer = /^\u001b(?:\[[?>=]?[\d;]*[cRny]|\[\?[\d;]*\$y|[P\]_^].*(?:\u001b\\|\u0007))$/s;

/** One program on a pseudo-terminal, its screen, and the clients which look at it. */
export class TerminalSession {
  readonly #pty: GuestPty;
  readonly #screen: Screen;
  readonly #record: Omit<Terminal, 'exited'>;
  readonly #onDetached: () => void;
  readonly #onCloseAsked: () => void;
  /** In the order in which they attached; the first one answers for the terminal. */
  readonly #clients = new Set<RawStream>();
  #undrawnBytes = 0;
  #drainTimer: NodeJS.Timeout | undefined;
  #exit: { code: number | null; reason: string } | undefined;
  #closed = false;

  /** `onDetached` is called when the last client has gone, `onCloseAsked` when one of them wants the program to end. */
  constructor(options: {
    pty: GuestPty;
    record: Omit<Terminal, 'exited'>;
    size: TerminalSize;
    onDetached: () => void;
    onCloseAsked: () => void;
  }) {
    this.#pty = options.pty;
    this.#record = options.record;
    this.#onDetached = options.onDetached;
    this.#onCloseAsked = options.onCloseAsked;
    this.#screen = new Screen(options.size);
    this.#screen.onAnswer((answer) => {
      // With clients attached, the first of them answers.
      if (this.#clients.size === 0) void this.#type(Buffer.from(answer));
    });
    const { stream } = this.#pty;
    stream.on('data', (bytes: Buffer) => this.#onOutput(bytes));
    // 'close' follows, and the exit code tells why.
    stream.on('error', () => undefined);
    stream.once('close', () => void this.#onEnd());
  }

  get record(): Terminal {
    return { ...this.#record, exited: this.#exit !== undefined };
  }

  attach(client: RawStream): void {
    let gone = false;
    client.onClose(() => {
      gone = true;
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#onDetached();
    });
    client.onMessage((message) => this.#onMessage(client, message));
    // Behind all that is still being drawn, so that the repaint and the bytes after it fit together.
    this.#screen.write(new Uint8Array(), () => {
      if (gone || this.#closed) return;
      this.#clients.add(client);
      client.send(this.#screen.repaint());
      tell(client, { type: 'attached', replayed: true });
      if (this.#exit) tell(client, { type: 'exit', ...this.#exit });
    });
  }

  /** Ends the program and every client's stream. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#drainTimer);
    this.#pty.close();
    for (const client of this.#clients) client.close();
    this.#clients.clear();
    this.#screen.dispose();
  }

  #onOutput(bytes: Buffer): void {
    this.#undrawnBytes += bytes.length;
    this.#screen.write(bytes, () => {
      this.#undrawnBytes -= bytes.length;
      for (const client of this.#clients) client.send(bytes);
      if (this.#waiting() > highWaterBytes) this.#holdBack();
    });
    if (this.#undrawnBytes > highWaterBytes) this.#holdBack();
  }

  async #onEnd(): Promise<void> {
    const code = await this.#pty.exited;
    const reason =
      code === null ? 'The connection to it was lost.' : `The program ended with exit code ${code}.`;
    this.#screen.write(new Uint8Array(), () => {
      this.#exit = { code, reason };
      for (const client of this.#clients) tell(client, { type: 'exit', code, reason });
    });
  }

  #onMessage(client: RawStream, message: Uint8Array | string): Promise<void> | undefined {
    if (this.#closed) return undefined;
    if (typeof message === 'string') {
      this.#onControl(client, TerminalClientMessage.parse(JSON.parse(message)));
      return undefined;
    }
    if (this.#exit) return undefined;
    const [first] = this.#clients;
    if (client !== first && terminalAnswer.test(Buffer.from(message).toString('latin1'))) return undefined;
    return this.#type(message);
  }

  #onControl(client: RawStream, message: TerminalClientMessage): void {
    if (message.type === 'close') {
      this.#onCloseAsked();
      // It may not have been shown the screen yet, and then is no client so far.
      client.close();
    } else if (!this.#exit) {
      this.#pty.resize(message.cols, message.rows);
      this.#screen.resize(message.cols, message.rows);
    }
  }

  /** Pending while the program does not read; the client is not read from meanwhile. */
  #type(bytes: Uint8Array): Promise<void> | undefined {
    const { stream } = this.#pty;
    if (stream.write(bytes)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done);
        stream.off('close', done);
        resolve();
      };
      stream.once('drain', done);
      stream.once('close', done);
    });
  }

  /** Bytes which the slowest of screen and clients has not taken yet. */
  #waiting(): number {
    return Math.max(this.#undrawnBytes, ...[...this.#clients].map((client) => client.bufferedBytes));
  }

  /** Stops reading from the program until everybody has caught up. */
  #holdBack(): void {
    if (this.#drainTimer !== undefined || this.#closed) return;
    const since = Date.now();
    this.#pty.stream.pause();
    this.#drainTimer = setInterval(() => {
      if (Date.now() - since > stuckClientMs) this.#dropStuckClients();
      if (this.#waiting() > lowWaterBytes) return;
      clearInterval(this.#drainTimer);
      this.#drainTimer = undefined;
      this.#pty.stream.resume();
    }, drainCheckIntervalMs);
  }

  #dropStuckClients(): void {
    for (const client of this.#clients) {
      if (client.bufferedBytes <= lowWaterBytes) continue;
      this.#clients.delete(client);
      client.close(tryAgainCode, 'This client did not keep up.');
      if (this.#clients.size === 0) this.#onDetached();
    }
  }
}

function tell(client: RawStream, message: TerminalServerMessage): void {
  client.send(JSON.stringify(message));
}
