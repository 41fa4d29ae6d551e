import { z } from 'zod';
import { RememberedFix } from '../../../contract/doctor.ts';
import { readFileIfAny, writeFileAtomic } from '../../base/atomic-file.ts';
import type { Log } from '../../base/log.ts';

const RememberedFile = z.strictObject({ fixes: z.array(RememberedFix) });

/** More than a person has images; the oldest go. */
const keptFixes = 500;

/** `fixes.json` in FOREDECK_HOME: which fix made which image run. */
export class RememberedFixes {
  readonly #path: string;
  readonly #log: Log;
  #fixes: Promise<readonly RememberedFix[]> | undefined;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** Newest first. */
  list(): Promise<readonly RememberedFix[]> {
    this.#fixes ??= this.#read();
    return this.#fixes;
  }

  /** Replaces what is remembered of the same image, architecture, rule and fix. */
  async add(fix: RememberedFix): Promise<void> {
    await this.#change((fixes) => [fix, ...fixes.filter((other) => !isSame(other, fix))].slice(0, keptFixes));
  }

  /** Answers what is left. */
  async forget(image: string): Promise<readonly RememberedFix[]> {
    return await this.#change((fixes) => fixes.filter((fix) => fix.image !== image));
  }

  async #change(
    change: (fixes: readonly RememberedFix[]) => RememberedFix[],
  ): Promise<readonly RememberedFix[]> {
    const changed = this.list().then(async (fixes) => {
      const next = change(fixes);
      await writeFileAtomic(this.#path, `${JSON.stringify({ fixes: next }, null, 2)}\n`);
      return next;
    });
    // Changes wait for one another; one that could not be written changes nothing.
    const before = this.list();
    this.#fixes = changed.catch(() => before);
    return await changed;
  }

  async #read(): Promise<readonly RememberedFix[]> {
    const text = await readFileIfAny(this.#path);
    if (text === undefined) return [];
    try {
      return RememberedFile.parse(JSON.parse(text)).fixes;
    } catch (thrown) {
      // It only orders offers: not worth refusing to start, and the next fix writes it anew.
      this.#log.warn({ err: thrown, path: this.#path }, 'remembered fixes cannot be read');
      return [];
    }
  }
}

function isSame(a: RememberedFix, b: RememberedFix): boolean {
  return a.image === b.image && a.arch === b.arch && a.rule === b.rule && a.fix === b.fix;
}
