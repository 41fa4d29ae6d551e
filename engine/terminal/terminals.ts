import { randomUUID } from 'node:crypto';
import type { Terminal, TerminalSize } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from '../vm/ports.ts';
import { TerminalSession } from './terminal-session.ts';

/** Long enough to reload a page or move to another window. */
const detachedTimeoutMs = 60_000;

/** Each holds a shell in the guest and a screen here. */
const maxSessions = 64;

export interface TerminalsOptions {
  /** The connection to a VM; throws `unknown_vm` or `wrong_state` when there is none. */
  readonly linkOf: (vm: string) => GuestLink;
  readonly detachedTimeoutMs?: number;
}

/** The open terminals. They belong to the engine: windows come and go, a session stays for a while. */
export class Terminals {
  readonly #linkOf: TerminalsOptions['linkOf'];
  readonly #detachedTimeoutMs: number;
  readonly #sessions = new Map<string, TerminalSession>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: TerminalsOptions) {
    this.#linkOf = options.linkOf;
    this.#detachedTimeoutMs = options.detachedTimeoutMs ?? detachedTimeoutMs;
  }

  /** `argv` null: the login shell. */
  async open(options: { vm: string; argv: readonly string[] | null } & TerminalSize): Promise<Terminal> {
    const { vm, argv, cols, rows } = options;
    if (this.#sessions.size >= maxSessions) {
      throw new EngineError({
        code: 'terminal_failed',
        message: `${maxSessions} terminals are open already.`,
        hint: 'Close some of them.',
      });
    }
    const pty = await this.#linkOf(vm).openPty({ argv, cols, rows });
    const id = randomUUID();
    const title = argv ? argv.join(' ') : `Shell in ${vm}`;
    const session = new TerminalSession({
      pty,
      record: { id, vm, title, createdAt: Date.now() },
      size: { cols, rows },
      onDetached: () => this.#closeLater(id),
    });
    this.#sessions.set(id, session);
    this.#closeLater(id);
    return session.record;
  }

  list(): Terminal[] {
    return [...this.#sessions.values()].map((session) => session.record);
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
