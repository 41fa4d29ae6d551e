import serialize from '@xterm/addon-serialize';
import headless from '@xterm/headless';

/** What a person may want to scroll back to; a line of 80 columns costs about a kilobyte. */
const scrollbackLines = 2_000;

/**
 * The screen of a terminal, kept without anybody looking at it, so that it can be repainted for whoever attaches. What
 * is repainted is the picture and never the bytes which made it: stored questions to the terminal would be answered
 * again, into the shell.
 */
export class Screen {
  readonly #terminal: headless.Terminal;
  readonly #serializer = new serialize.SerializeAddon();

  constructor(size: { cols: number; rows: number }) {
    this.#terminal = new headless.Terminal({
      ...size,
      scrollback: scrollbackLines,
      // The serializer reads xterm's buffers, which are a proposed API.
      allowProposedApi: true,
    });
    this.#terminal.loadAddon(this.#serializer);
  }

  /** `drawn` is called when these bytes are on the screen, in the order of the calls. */
  write(bytes: Uint8Array, drawn: () => void): void {
    this.#terminal.write(bytes, drawn);
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
  }

  /** The terminal's answers to questions from the program, such as where the cursor is. */
  onAnswer(listener: (answer: string) => void): void {
    this.#terminal.onData(listener);
  }

  /** Bytes which repaint everything on an empty terminal. */
  repaint(): Uint8Array {
    return Buffer.from(this.#serializer.serialize({ scrollback: scrollbackLines }));
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
