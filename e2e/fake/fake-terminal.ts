import { type Terminal, TerminalClientMessage, type TerminalSize } from '../../contract/terminal.ts';
import type { RawStream } from '../../engine/api.ts';

const prompt = '\u001b[1;32mroot@foredeck\u001b[0m:\u001b[1;34m~\u001b[0m# ';

/** A shell that knows a few words, with replay: enough to see bytes go both ways. */
export class FakeTerminal {
  readonly id: string;
  /** Everything it ever wrote; what a newly attached client gets first. */
  output = prompt;
  /** As the page last said. */
  size: TerminalSize;
  attachCount = 0;
  readonly #vm: string;
  readonly #container: string | null;
  readonly #streams = new Set<RawStream>();
  readonly #createdAt = Date.now();
  #line = '';
  #exited = false;

  constructor(id: string, options: { vm: string; container: string | null } & TerminalSize) {
    this.id = id;
    this.#vm = options.vm;
    this.#container = options.container;
    this.size = { cols: options.cols, rows: options.rows };
  }

  record(): Terminal {
    return {
      id: this.id,
      vm: this.#vm,
      container: this.#container,
      title: this.#container === null ? `${this.#vm}: shell` : `Shell in ${this.#container.slice(0, 12)}`,
      createdAt: this.#createdAt,
      exited: this.#exited,
    };
  }

  attach(stream: RawStream): void {
    this.attachCount += 1;
    this.#streams.add(stream);
    stream.onClose(() => this.#streams.delete(stream));
    stream.onMessage((message) => {
      if (typeof message === 'string') this.#control(message);
      else for (const character of new TextDecoder().decode(message)) this.#type(character);
    });
    stream.send(JSON.stringify({ type: 'attached', replayed: this.attachCount > 1 }));
    stream.send(new TextEncoder().encode(this.output));
  }

  /** Cuts every client off, as a broken connection does. */
  drop(): void {
    for (const stream of this.#streams) stream.close(1011, 'dropped');
  }

  write(text: string): void {
    this.output += text;
    for (const stream of this.#streams) stream.send(new TextEncoder().encode(text));
  }

  exit(code: number | null, reason = ''): void {
    if (this.#exited) return;
    this.#exited = true;
    for (const stream of this.#streams) {
      stream.send(JSON.stringify({ type: 'exit', code, reason }));
      stream.close();
    }
  }

  #control(text: string): void {
    const message = TerminalClientMessage.parse(JSON.parse(text));
    if (message.type === 'resize') this.size = { cols: message.cols, rows: message.rows };
  }

  #type(character: string): void {
    if (character !== '\r') {
      this.#line += character;
      this.write(character);
      return;
    }
    const line = this.#line.trim();
    this.#line = '';
    this.write('\r\n');
    if (line.startsWith('exit')) {
      this.exit(Number(line.slice(5) || 0));
      return;
    }
    if (line === 'uname -m') this.write('x86_64\r\n');
    else if (line === 'stty size') this.write(`${this.size.rows} ${this.size.cols}\r\n`);
    else if (line.startsWith('echo ')) this.write(`${line.slice(5)}\r\n`);
    else if (line !== '') this.write(`sh: ${line}: not found\r\n`);
    this.write(prompt);
  }
}
