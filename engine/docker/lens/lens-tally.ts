import type { Arch } from '../../../contract/arch.ts';
import type { LensCall } from '../../../contract/syscall-lens.ts';
import { errnoName } from './errno-name.ts';
import { type LensEvent, parseLensLine } from './lens-line.ts';
import type { SyscallAdvice } from './syscall-advice.ts';

/** An architecture's system calls; both directions give null for what it does not have. */
export interface SyscallNames {
  name(arch: Arch, number: number): string | null;
  number(arch: Arch, name: string): number | null;
}

/** No architecture has more calls; a program that prints invented ones fills no memory. */
const maxCalls = 600;

/** Distinct errors of one call; the rest is counted as calls only. */
const maxErrors = 30;

const tailLines = 20;
const tailLineChars = 300;

/** Counts what an emulator says about system calls, within bounds whatever it is fed. */
export class LensTally {
  readonly #arch: Arch;
  readonly #names: SyscallNames;
  readonly #advice: SyscallAdvice;
  readonly #calls = new Map<string, LensCall>();
  readonly #tail: string[] = [];
  #lines = 0;
  #truncated = false;

  constructor(options: { arch: Arch; names: SyscallNames; advice: SyscallAdvice }) {
    this.#arch = options.arch;
    this.#names = options.names;
    this.#advice = options.advice;
  }

  /** Lines taken so far. */
  get lines(): number {
    return this.#lines;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  /** Says that more came than was read. */
  cut(): void {
    this.#truncated = true;
  }

  take(line: string): void {
    this.#lines += 1;
    this.#tail.push(line.slice(0, tailLineChars));
    if (this.#tail.length > tailLines) this.#tail.shift();
    for (const event of parseLensLine(line)) this.#count(event);
  }

  /** The last lines, oldest first; hostile text. */
  get tail(): string[] {
    return [...this.#tail];
  }

  /** Calls which the emulator does not have first, then by how often they came. */
  get calls(): LensCall[] {
    return [...this.#calls.values()]
      .map((call) => ({ ...call, errors: { ...call.errors } }))
      .toSorted((a, b) => Number(b.unsupported) - Number(a.unsupported) || b.count - a.count);
  }

  #count(event: LensEvent): void {
    const { number, plain, name } = this.#identify(event);
    const known = this.#calls.get(name);
    if (!known && this.#calls.size >= maxCalls) {
      this.#truncated = true;
      return;
    }
    const call = known ?? {
      number,
      name,
      count: 0,
      errors: {},
      unsupported: false,
      advice: this.#advice.get(plain) ?? null,
    };
    call.count += 1;
    const error = event.errno === null ? null : errnoName(this.#arch, event.errno);
    if (
      error !== null &&
      (Object.hasOwn(call.errors, error) || Object.keys(call.errors).length < maxErrors)
    ) {
      call.errors[error] = (call.errors[error] ?? 0) + 1;
    }
    call.unsupported ||= event.unsupported || error === 'ENOSYS';
    this.#calls.set(name, call);
  }

  #identify({ number, name, detail }: LensEvent): { number: number | null; plain: string; name: string } {
    const plain = name ?? this.#names.name(this.#arch, number ?? -1) ?? `syscall ${number}`;
    return {
      number: number ?? this.#names.number(this.#arch, plain),
      plain,
      name: detail === null ? plain : `${plain}(${detail})`,
    };
  }
}
