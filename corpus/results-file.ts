import { z } from 'zod';
import type { Arch } from '../contract/arch.ts';
import type { EmulatorSuite } from '../contract/emulation.ts';
import { readFileIfAny, writeFileAtomic } from '../engine/base/atomic-file.ts';
import { Result } from './result.ts';

/** Under what conditions results of one session were found; what was newest then. */
const Machine = z.object({
  qemu: z.string(),
  kernel: z.string(),
  docker: z.string(),
  accelerator: z.string(),
  vmArch: z.string(),
});
export type Machine = z.infer<typeof Machine>;

const ResultsContent = z.object({ machine: Machine.nullable(), results: z.array(Result) });

/** Everybody reads it: it is part of the repository. */
const fileMode = 0o644;

type Key = { arch: Arch; emulator: EmulatorSuite | null; program: string };

/** The results found so far, on disk after each one: an interrupted session goes on where it was. */
export class ResultsFile {
  readonly #path: string;
  #content: z.infer<typeof ResultsContent>;

  private constructor(path: string, content: z.infer<typeof ResultsContent>) {
    this.#path = path;
    this.#content = content;
  }

  /** Throws when the file is there and is not one of these. */
  static async open(path: string): Promise<ResultsFile> {
    const text = await readFileIfAny(path);
    const content =
      text === undefined ? { machine: null, results: [] } : ResultsContent.parse(JSON.parse(text));
    return new ResultsFile(path, content);
  }

  get all(): readonly Result[] {
    return this.#content.results;
  }

  get machine(): Machine | null {
    return this.#content.machine;
  }

  find(key: Key): Result | undefined {
    return this.all.find((result) => isOf(result, key));
  }

  /** Replaces what was known of the same program, architecture and emulator. */
  async put(result: Result, machine: Machine): Promise<void> {
    const others = this.all.filter((known) => !isOf(known, result));
    this.#content = { machine, results: [...others, result].sort(byKey) };
    await writeFileAtomic(this.#path, `${JSON.stringify(this.#content, null, 2)}\n`, fileMode);
  }
}

function isOf(result: Result, key: Key): boolean {
  return result.arch === key.arch && result.emulator === key.emulator && result.program === key.program;
}

function byKey(a: Result, b: Result): number {
  const text = (result: Result): string => `${result.arch} ${result.emulator} ${result.program}`;
  return text(a) < text(b) ? -1 : 1;
}
