import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import type { Log } from '../base/log.ts';

export interface ArchFileOptions<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Names the content in the log: "measured prices". */
  readonly content: string;
  readonly log: Log;
}

/** One value an architecture, in a JSON file of a VM; outlives engine, VM and guest image. */
export class ArchFile<T> {
  readonly #options: ArchFileOptions<T>;
  readonly #values = new Map<Arch, T>();
  /** Settles when the file holds what was said last; two writers would race for the last word. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: ArchFileOptions<T>) {
    this.#options = options;
  }

  /** A file that cannot be understood counts as empty: what it holds can be had again. */
  async load(): Promise<void> {
    const { path, schema, content, log } = this.#options;
    const text = await readFileIfAny(path);
    if (text === undefined) return;
    try {
      const values = z.partialRecord(Arch, schema).parse(JSON.parse(text));
      for (const arch of Arch.options) {
        const value = values[arch];
        if (value !== undefined) this.#values.set(arch, value);
      }
    } catch (thrown) {
      log.warn({ path, err: thrown }, `${content} cannot be read and start empty`);
    }
  }

  get(arch: Arch): T | undefined {
    return this.#values.get(arch);
  }

  /** Resolves when the file has it. */
  async set(arch: Arch, value: T): Promise<void> {
    this.#values.set(arch, value);
    this.#written = this.#written
      .catch(() => undefined)
      .then(() =>
        writeFileAtomic(this.#options.path, `${JSON.stringify(Object.fromEntries(this.#values), null, 2)}\n`),
      );
    await this.#written;
  }
}
