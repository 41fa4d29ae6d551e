import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { type TerminalClientMessage, TerminalServerMessage } from '../../../contract/terminal.ts';
import type { EngineLink } from '../../bridge/engine-link.ts';
import type { Stream } from '../../bridge/stream.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { openSafeLink } from './safe-link.ts';
import { changeTab } from './tabs-store.ts';
import { darkLook, lightLook, matchLook, terminalOptions } from './terminal-look.ts';

/** Between attempts to attach again: a local engine that restarts is back within seconds. */
const reattachDelayMs = 700;

/** A tab has no room for more. */
export const maxTitleLength = 40;

export interface TerminalSessionOptions {
  readonly id: string;
  readonly link: EngineLink;
  /** Where the stream is attached to again. */
  readonly path: string;
  /** Where it is attached to at first; the same for a session that runs already. */
  readonly firstPath: string;
  /** The engine's list says whether the session is still there; otherwise its stream does. */
  readonly isListed: boolean;
}

/** Matches of a search in the terminal: which one is marked, counted from 1, of how many; 0 of 0 for none. */
export interface SearchMatches {
  readonly current: number;
  readonly count: number;
}

/**
 * One terminal: the screen and the stream behind it. It lives as long as its tab, on the page or not, so
 * that looking elsewhere neither loses output nor lets the engine's session run out.
 */
export class TerminalSession {
  readonly id: string;
  /** Holds the screen; moves in and out of the page. */
  readonly element: HTMLDivElement = document.createElement('div');
  readonly #options: TerminalSessionOptions;
  readonly #terminal = new Terminal(terminalOptions);
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #closing = new AbortController();
  readonly #encoder = new TextEncoder();
  #stream: Stream | undefined;
  #ended = false;
  /** Called when somebody in the terminal asks for its search. */
  onSearchAsked: () => void = () => undefined;

  constructor(options: TerminalSessionOptions) {
    this.id = options.id;
    this.#options = options;
  }

  /** Builds the screen and attaches; returns at once. */
  start(): void {
    const terminal = this.#terminal;
    this.element.className = 'h-full w-full';
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    terminal.loadAddon(new WebLinksAddon((_event, text) => openSafeLink(text)));
    terminal.options.linkHandler = {
      activate: (_event, text) => openSafeLink(text),
      allowNonHttpProtocols: false,
    };
    terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
    terminal.onData((text) => this.#send(this.#encoder.encode(text)));
    terminal.onBinary((bytes) => this.#send(Uint8Array.from(bytes, (character) => character.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => this.#sendSize(cols, rows));
    terminal.onTitleChange((title) => {
      const plain = plainText(title).slice(0, maxTitleLength);
      if (plain) changeTab(this.id, { title: plain });
    });
    void this.#attachUntilClosed();
  }

  /** Shows the screen inside `host`. */
  show(host: HTMLElement, dark: boolean): void {
    host.append(this.element);
    this.setDark(dark);
    if (!this.#terminal.element) this.#terminal.open(this.element);
    this.fit();
    this.#terminal.refresh(0, this.#terminal.rows - 1);
  }

  setDark(dark: boolean): void {
    this.#terminal.options.theme = dark ? darkLook : lightLook;
  }

  /** Takes as many columns and rows as the element has room for. */
  fit(): void {
    if (this.element.isConnected && this.element.clientWidth > 0) this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  async paste(): Promise<void> {
    this.#terminal.paste(await navigator.clipboard.readText());
  }

  async copySelection(): Promise<void> {
    const selection = this.#terminal.getSelection();
    if (selection) await navigator.clipboard.writeText(selection);
  }

  /** Called with the matches as they change; returns the end of that. */
  onMatches(listener: (matches: SearchMatches) => void): () => void {
    const listening = this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      listener({ current: resultIndex + 1, count: resultCount }),
    );
    return () => listening.dispose();
  }

  /** Marks every match and shows the next one; empty text ends the search. */
  find(text: string, direction: 'next' | 'previous'): void {
    if (text === '') {
      this.#search.clearDecorations();
      this.#terminal.clearSelection();
      return;
    }
    const options = { decorations: matchLook };
    if (direction === 'next') this.#search.findNext(text, { ...options, incremental: false });
    else this.#search.findPrevious(text, options);
  }

  /** With `endProgram` the stream itself says so to the engine, which then closes it. */
  close(options: { endProgram: boolean }): void {
    this.#closing.abort();
    if (options.endProgram) this.#say({ type: 'close' });
    else this.#stream?.close();
    this.#terminal.dispose();
    this.element.remove();
  }

  async #attachUntilClosed(): Promise<void> {
    const { signal } = this.#closing;
    const { link, path, firstPath } = this.#options;
    let next = firstPath;
    while (!signal.aborted && !this.#ended) {
      try {
        const stream = await link.openStream(next, signal);
        next = path;
        await this.#carry(stream);
      } catch {
        // The engine is away; the reason is shown for the whole window.
      }
      if (signal.aborted || this.#ended) return;
      changeTab(this.id, { phase: 'lost' });
      await this.#endIfForgotten();
      if (!this.#ended) await pause(reattachDelayMs, signal);
    }
  }

  /** Resolves when the stream closes. */
  #carry(stream: Stream): Promise<void> {
    return new Promise((resolve) => {
      this.#stream = stream;
      // The first message repaints the screen as it stands; what is on ours is older.
      this.#terminal.reset();
      stream.onClose(() => {
        if (this.#stream === stream) this.#stream = undefined;
        resolve();
      });
      stream.onMessage((message) => {
        if (this.#closing.signal.aborted) return;
        if (typeof message !== 'string') this.#terminal.write(new Uint8Array(message));
        else this.#onControl(message);
      });
      changeTab(this.id, { phase: 'attached' });
      this.#sendSize(this.#terminal.cols, this.#terminal.rows);
    });
  }

  #onControl(text: string): void {
    const message = TerminalServerMessage.safeParse(JSON.parse(text));
    if (!message.success) return;
    if (message.data.type === 'exit') {
      const { code, reason } = message.data;
      this.#end(code === null ? plainText(reason) || 'ended' : `exit code ${code}`);
    }
  }

  /** A session that the engine no longer knows will not come back; one it cannot be asked about may. */
  async #endIfForgotten(): Promise<void> {
    if (!this.#options.isListed) return;
    try {
      const known = await this.#options.link.client?.terminal.list();
      if (!known || known.some((terminal) => terminal.id === this.id)) return;
      this.#end('the session is gone');
    } catch {
      // Not reachable: asked again after the pause.
    }
  }

  #end(ending: string): void {
    this.#ended = true;
    this.#terminal.options.cursorBlink = false;
    changeTab(this.id, { phase: 'ended', ending });
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.#ended) this.#stream?.send(bytes);
  }

  #sendSize(cols: number, rows: number): void {
    this.#say({ type: 'resize', cols, rows });
  }

  #say(message: TerminalClientMessage): void {
    this.#stream?.send(JSON.stringify(message));
  }

  /** False keeps a key from the program. Shift+Escape leaves the terminal, which takes Tab for itself. */
  #onKey(event: KeyboardEvent): boolean {
    if (event.key === 'Escape' && event.shiftKey) {
      if (event.type === 'keydown')
        document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
      return false;
    }
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.code === 'KeyF') {
      event.preventDefault();
      if (event.type === 'keydown') this.onSearchAsked();
      return false;
    }
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyC') {
      event.preventDefault();
      if (event.type === 'keydown') void this.copySelection();
      return false;
    }
    // The browser answers these with a paste event, which xterm.js takes.
    return !(event.ctrlKey && event.shiftKey && event.code === 'KeyV');
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
