import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../../contract/container-logs.ts';
import { FrameReader } from '../attached-output.ts';

/** Docker itself cuts entries at 16 kB; a line which many of them make up is cut into pieces, too. */
const longestLineChars = 16_384;

/** Docker's time in front of each entry, always as long: `2026-01-02T03:04:05.678901234Z`. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z$/;
const stampChars = 30;
/** The beginning of one, however short. */
const stampBegin = /^[\dTZ:.-]*$/;

/** What a client goes on behind: seconds since the epoch and nanoseconds. */
export interface ReadLine extends LogLine {
  readonly cursor: string | null;
}

interface Side {
  readonly from: LogLine['from'];
  readonly decoder: StringDecoder;
  /** The unfinished line; its time is that of its first entry. */
  text: string;
  at: Date | null;
  cursor: string | null;
  /** Begins with a time that may not be there as a whole yet; null after it. */
  head: string | null;
}

/**
 * Lines out of the bytes of `GET /containers/ID/logs?timestamps=1`. With a terminal they come as they are, each line
 * with its time; without one in frames, each an entry with its time. A line may be made of several entries, and
 * entries may be cut anywhere on the way.
 */
export class LogReader {
  readonly #frames: FrameReader | null;
  readonly #output = side('stdout');
  readonly #errors = side('stderr');
  #lines: ReadLine[] = [];

  constructor({ tty }: { tty: boolean }) {
    this.#frames = tty ? null : new FrameReader();
  }

  /** How many lines wait to be taken. */
  get waiting(): number {
    return this.#lines.length;
  }

  push(chunk: Buffer): void {
    if (!this.#frames) {
      this.#takeText(this.#output, this.#output.decoder.write(chunk));
      return;
    }
    for (const { kind, bytes, begins } of this.#frames.push(chunk)) {
      const to = kind === 2 ? this.#errors : this.#output;
      if (begins) to.head = '';
      this.#takeText(to, to.decoder.write(bytes));
    }
  }

  /** Nothing more comes: unfinished lines are lines now. */
  end(): void {
    for (const each of [this.#output, this.#errors]) {
      const head = each.head ?? '';
      each.head = null;
      each.text += head;
      if (each.text !== '') this.#finish(each);
    }
  }

  /** The oldest lines that wait, as many as fit into `chars`, one at least. */
  take({ lines, chars }: { lines: number; chars: number }): ReadLine[] {
    let count = 0;
    let taken = 0;
    for (const { text } of this.#lines) {
      if (count === lines || (count > 0 && taken + text.length > chars)) break;
      taken += text.length;
      count += 1;
    }
    const found = this.#lines.slice(0, count);
    this.#lines = this.#lines.slice(count);
    return found;
  }

  #takeText(to: Side, text: string): void {
    let rest = this.#withoutStamp(to, text);
    while (rest !== '') {
      const end = rest.indexOf('\n');
      to.text += end < 0 ? rest : rest.slice(0, end);
      if (end < 0) rest = '';
      else {
        this.#finish(to);
        if (!this.#frames) to.head = '';
        rest = this.#withoutStamp(to, rest.slice(end + 1));
      }
    }
    this.#cut(to);
  }

  #cut(to: Side): void {
    while (to.text.length > longestLineChars) {
      this.#lines.push(lineOf(to, to.text.slice(0, longestLineChars)));
      to.text = to.text.slice(longestLineChars);
    }
  }

  /** Empty while a time is not there as a whole. */
  #withoutStamp(to: Side, text: string): string {
    if (to.head === null) return text;
    const head = to.head + text;
    // Whatever is no time is not held back for more.
    if (head.length <= stampChars && stampBegin.test(head)) {
      to.head = head;
      return '';
    }
    to.head = null;
    const found = stamp.exec(head.slice(0, stampChars));
    if (!found || head[stampChars] !== ' ') return head;
    const [, seconds, nanoseconds] = found;
    if (to.text === '') {
      to.at = new Date(`${head.slice(0, stampChars - 7)}Z`);
      to.cursor = `${Math.floor(Date.parse(`${seconds}Z`) / 1_000)}.${nanoseconds}`;
    }
    return head.slice(stampChars + 1);
  }

  #finish(from: Side): void {
    this.#cut(from);
    this.#lines.push(lineOf(from, from.text.endsWith('\r') ? from.text.replace(/\r+$/, '') : from.text));
    from.text = '';
    from.at = null;
    from.cursor = null;
  }
}

function lineOf({ from, at, cursor }: Side, text: string): ReadLine {
  return { from, at: at?.getTime() ?? null, text, cursor };
}

function side(from: LogLine['from']): Side {
  return { from, decoder: new StringDecoder('utf8'), text: '', at: null, cursor: null, head: '' };
}
