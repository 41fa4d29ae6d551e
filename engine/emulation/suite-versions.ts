import type { HostArch } from '../../contract/arch.ts';
import { type EmulatorSuite, emulatorSuites } from '../../contract/emulation.ts';
import { isAbort } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { Publisher } from '../base/publisher.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { emulatorPackage, plainVersion } from './emulator-binary.ts';

export type NewestVersions = Readonly<Record<EmulatorSuite, string | null>>;

/** Which version of the emulators each suite has for hosts of one architecture; null until it has been asked. */
export class SuiteVersions {
  readonly #packages: PackageFiles;
  readonly #log: Log;
  readonly #byArch = new Map<HostArch, NewestVersions>();
  readonly #changed = new Publisher<HostArch>();

  constructor(packages: PackageFiles, log: Log) {
    this.#packages = packages;
    this.#log = log;
  }

  of(arch: HostArch): NewestVersions {
    return this.#byArch.get(arch) ?? { stable: null, backports: null };
  }

  /** Calls `listener` with the architecture whose versions changed, until the returned function is called. */
  onChange(listener: (arch: HostArch) => void): () => void {
    return this.#changed.listen(listener);
  }

  note(arch: HostArch, suite: EmulatorSuite, version: string): void {
    if (this.of(arch)[suite] === version) return;
    this.#byArch.set(arch, { ...this.of(arch), [suite]: version });
    this.#changed.publish(arch);
  }

  /** Asks both suites. One that cannot be asked keeps what was known of it. */
  async refresh(arch: HostArch, signal: AbortSignal): Promise<void> {
    await Promise.all(
      emulatorSuites.map(async (suite) => {
        try {
          const version = await this.#packages.newestVersion({
            packageName: emulatorPackage,
            arch,
            suite,
            signal,
          });
          this.note(arch, suite, plainVersion(version));
        } catch (thrown) {
          if (!isAbort(thrown))
            this.#log.warn({ suite, err: thrown }, 'cannot ask a suite for its emulators');
        }
      }),
    );
  }
}
