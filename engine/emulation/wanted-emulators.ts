import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';
import { EmulatorSuite } from '../../contract/emulation.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import type { Log } from '../base/log.ts';

/** One emulator in one version, told apart from every other by its content. */
export const EmulatorId = z.object({
  /** Where it came from; everything did from stable before there were two suites. */
  suite: EmulatorSuite.default('stable'),
  /** Debian's version without the epoch, `10.0.13+ds-0+deb13u1`. */
  version: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
});
export type EmulatorId = z.infer<typeof EmulatorId>;

/** What a VM's folder remembers about one architecture. */
const WantedEmulator = z.object({
  wanted: z.boolean(),
  /** What was last switched on, so that a boot needs neither packages nor network. */
  emulator: EmulatorId.nullable(),
  /** What ran before that, kept on the data disk to go back to. */
  previous: EmulatorId.nullable().default(null),
  /**
   * What a person chose: the newest of a suite, or exactly `emulator` whatever the suites have. `recommended` when
   * nobody chose.
   */
  choice: z.enum([...EmulatorSuite.options, 'recommended', 'exactly']).default('recommended'),
});
export type WantedEmulator = z.infer<typeof WantedEmulator>;

const WantedFile = z.partialRecord(Arch, WantedEmulator);

const nothing: WantedEmulator = { wanted: false, emulator: null, previous: null, choice: 'recommended' };

/** Which emulators a person wants in one VM; outlives engine, VM and guest image. */
export class WantedEmulators {
  readonly #path: string;
  readonly #log: Log;
  #byArch: z.infer<typeof WantedFile> = {};
  /** Settles when the file holds what was said last; two writers would race for the last word. */
  #written: Promise<void> = Promise.resolve();

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** A file that cannot be understood counts as empty: switching on again is one click. */
  async load(): Promise<void> {
    const text = await readFileIfAny(this.#path);
    if (text === undefined) return;
    try {
      this.#byArch = WantedFile.parse(JSON.parse(text));
    } catch (thrown) {
      this.#log.warn({ path: this.#path, err: thrown }, 'wanted emulators are unreadable and start empty');
    }
  }

  get(arch: Arch): WantedEmulator {
    return this.#byArch[arch] ?? nothing;
  }

  /** Resolves when the file has it. */
  async change(arch: Arch, change: Partial<WantedEmulator>): Promise<void> {
    this.#byArch = { ...this.#byArch, [arch]: { ...this.get(arch), ...change } };
    this.#written = this.#written
      .catch(() => undefined)
      .then(() => writeFileAtomic(this.#path, `${JSON.stringify(this.#byArch, null, 2)}\n`));
    await this.#written;
  }
}
