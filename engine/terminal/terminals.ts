import { randomUUID } from 'node:crypto';
import type { Terminal, TerminalSize } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import { EngineError } from '../base/engine-error.ts';
import type { GuestPty } from '../vm/ports.ts';
import { TerminalSession } from './terminal-session.ts';

/** Long enough to reload a page or move to another window. */
const detachedTimeoutMs = 60_000;

/** Each holds a program and a screen here. */
const maxSessions = 64;

/** `container` null: in the VM itself. `argv` null: the login shell, or the container's own. */
export type TerminalProgram = {
  readonly vm: string;
  readonly container: string | null;
  readonly argv: readonly string[] | null;
} & TerminalSize;

export interface TerminalsOptions {
  /** Starts the program. Rejects where it is not to be had: `unknown_vm`, `wrong_state`, `terminal_failed`. */
  readonly start: (program: TerminalProgram) => Promise<GuestPty>;
  readonly detachedTimeoutMs?: number;
}

/** The open terminals. They belong to the engine: windows come and go, a session stays for a while. */
export class Terminals {
  readonly #start: TerminalsOptions['start'];
  readonly #detachedTimeoutMs: number;
  readonly #sessions = new Map<string, TerminalSession>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: TerminalsOptions) {
    this.#start = options.start;
    this.#detachedTimeoutMs = options.detachedTimeoutMs ?? detachedTimeoutMs;
  }

  /** Under `id`, which is new, or one made up here. */
  async open(program: TerminalProgram, id: string = randomUUID()): Promise<Terminal> {
    const { vm, container, cols, rows } = program;
    if (this.#sessions.size >= maxSessions) {
      throw new EngineError({
        code: 'terminal_failed',
        message: `${maxSessions} terminals are open already.`,
        hint: 'Close some of them.',
      });
    }
    const pty = await this.#start(program);
    const session = new TerminalSession({
      pty,
      record: { id, vm, container, title: titleOf(program), createdAt: Date.now() },
      size: { cols, rows },
      onDetached: () => this.#closeLater(id),
      onCloseAsked: () => this.close(id),
    });
    this.#sessions.set(id, session);
    this.#closeLater(id);
    return session.record;
  }

  list(): Terminal[] {
    return [...this.#sessions.values()].map((session) => session.record);
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  close(id: string): void {
    this.#find(id).close();
    this.#sessions.delete(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Throws `unknown_terminal`, also for one that was closed because nobody looked at it. */
  attach(id: string, stream: RawStream): void {
    const session = this.#find(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    session.attach(stream);
  }

  closeAll(): void {
    for (const id of [...this.#sessions.keys()]) this.close(id);
  }

  #find(id: string): TerminalSession {
    const session = this.#sessions.get(id);
    if (session) return session;
    throw new EngineError({
      code: 'unknown_terminal',
      message: 'This terminal is no longer open.',
      hint: 'Open a new one.',
    });
  }

  #closeLater(id: string): void {
    if (!this.#sessions.has(id)) return;
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(() => this.close(id), this.#detachedTimeoutMs);
    timer.unref();
    this.#timers.set(id, timer);
  }
}

/** As many hexadecimal digits of a container's id as Docker shows. */
const shortIdLength = 12;

function titleOf({ vm, container, argv }: TerminalProgram): string {
  if (argv) return argv.join(' ');
  return `Shell in ${container === null ? vm : container.slice(0, shortIdLength)}`;
}
