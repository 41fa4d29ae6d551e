import { randomUUID } from 'node:crypto';
import { type Terminal, TerminalClientMessage } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import { EngineError } from '../base/engine-error.ts';

/** Terminals that echo what they get, tell their size and end at `exit N`. */
export class ScriptedTerminals {
  readonly #open = new Map<string, Terminal>();

  open({
    vm,
    container = null,
    argv,
  }: {
    vm: string;
    container?: string | null;
    argv: string[] | null;
  }): Terminal {
    const terminal: Terminal = {
      id: randomUUID(),
      vm,
      container,
      title: argv?.join(' ') ?? 'shell',
      createdAt: Date.now(),
      exited: false,
    };
    this.#open.set(terminal.id, terminal);
    return terminal;
  }

  list(): Terminal[] {
    return [...this.#open.values()];
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  attach(id: string, stream: RawStream): void {
    const terminal = this.#open.get(id);
    if (!terminal)
      throw new EngineError({ code: 'unknown_terminal', message: `There is no terminal "${id}".` });
    stream.send(Buffer.from(`screen of ${terminal.title}\r\n`));
    stream.send(JSON.stringify({ type: 'attached', replayed: true }));
    let typed = '';
    stream.onMessage((message) => {
      if (typeof message === 'string') {
        const told = TerminalClientMessage.parse(JSON.parse(message));
        if (told.type === 'resize') stream.send(Buffer.from(`size ${told.cols}x${told.rows}\r\n`));
        return;
      }
      stream.send(message);
      typed += Buffer.from(message).toString();
      const code = /exit (\d+)[\r\n]/.exec(typed)?.[1];
      if (code === undefined) return;
      stream.send(JSON.stringify({ type: 'exit', code: Number(code), reason: '' }));
      stream.close();
    });
    stream.onClose(() => undefined);
  }
}
