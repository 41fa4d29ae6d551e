import { type LogLine, maxLogLines } from '../../../../contract/container-logs.ts';
import { ansiText } from './ansi-spans.ts';

export interface KeptLine extends LogLine {
  /** Counted from the first line that ever came. */
  readonly number: number;
  /** As a person reads it. */
  readonly plain: string;
}

/**
 * The newest lines of a log, at most `maxLogLines` of them, and which of them a search finds. Lines that come are
 * searched as they come, so that a busy log costs no more than its new lines.
 */
export class LogBuffer {
  readonly #most: number;
  #lines: KeptLine[] = [];
  #found: KeptLine[] = [];
  #search = '';
  #next = 0;

  constructor(most = maxLogLines) {
    this.#most = most;
  }

  get lines(): readonly KeptLine[] {
    return this.#lines;
  }

  /** Lines which the search finds; none without a search. */
  get found(): readonly KeptLine[] {
    return this.#found;
  }

  /** Older lines that came and are not kept any more. */
  get dropped(): number {
    return this.#next - this.#lines.length;
  }

  append(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const kept: KeptLine = { ...line, number: this.#next, plain: ansiText(line.text) };
      this.#next += 1;
      this.#lines.push(kept);
      if (this.#matches(kept)) this.#found.push(kept);
    }
    const over = this.#lines.length - this.#most;
    if (over <= 0) return;
    this.#lines.splice(0, over);
    const oldest = this.#lines[0]?.number ?? this.#next;
    const gone = this.#found.findIndex((line) => line.number >= oldest);
    this.#found.splice(0, gone < 0 ? this.#found.length : gone);
  }

  /** `search` is lower case; empty: finds nothing. */
  search(search: string): void {
    if (search === this.#search) return;
    this.#search = search;
    this.#found = search === '' ? [] : this.#lines.filter((line) => this.#matches(line));
  }

  clear(): void {
    this.#lines = [];
    this.#found = [];
    this.#next = 0;
  }

  #matches(line: KeptLine): boolean {
    return this.#search !== '' && line.plain.toLowerCase().includes(this.#search);
  }
}
