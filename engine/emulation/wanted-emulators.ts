import { z } from 'zod';
import type { Arch } from '../../contract/arch.ts';
import { EmulatorSuite } from '../../contract/emulation.ts';
import type { Log } from '../base/log.ts';
import { ArchFile } from './arch-file.ts';

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

const nothing: WantedEmulator = { wanted: false, emulator: null, previous: null, choice: 'recommended' };

/** Which emulators a person wants in one VM; outlives engine, VM and guest image. */
export class WantedEmulators {
  readonly #file: ArchFile<WantedEmulator>;

  constructor(path: string, log: Log) {
    this.#file = new ArchFile({ path, schema: WantedEmulator, content: 'wanted emulators', log });
  }

  async load(): Promise<void> {
    await this.#file.load();
  }

  get(arch: Arch): WantedEmulator {
    return this.#file.get(arch) ?? nothing;
  }

  /** Resolves when the file has it. */
  async change(arch: Arch, change: Partial<WantedEmulator>): Promise<void> {
    await this.#file.set(arch, { ...this.get(arch), ...change });
  }
}
