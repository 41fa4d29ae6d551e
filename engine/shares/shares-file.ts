import { z } from 'zod';
import { Share } from '../../contract/shares.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { EngineError } from '../base/engine-error.ts';

/** What is remembered of a share; everything else about one is found out. */
const StoredShare = Share.pick({ path: true, readOnly: true, addedAt: true });
export type StoredShare = z.infer<typeof StoredShare>;

/** `shares.json` in FOREDECK_HOME: read once at start, written whole at each change. */
export class SharesFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws `bad_input` naming the file when it cannot be understood; nothing is overwritten. */
  async read(): Promise<StoredShare[]> {
    const text = await readFileIfAny(this.#path);
    if (text === undefined) return [];
    try {
      return z.array(StoredShare.strict()).parse(JSON.parse(text));
    } catch (thrown) {
      const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
      throw new EngineError({
        code: 'bad_input',
        message: `${this.#path} cannot be read: ${why}`,
        hint: 'Correct the file, or delete it to share nothing.',
        cause: thrown,
      });
    }
  }

  async write(shares: readonly StoredShare[]): Promise<void> {
    const stored = shares.map(({ path, readOnly, addedAt }) => ({ path, readOnly, addedAt }));
    await writeFileAtomic(this.#path, `${JSON.stringify(stored, null, 2)}\n`);
  }
}
