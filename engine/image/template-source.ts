import { join } from 'node:path';
import type { EmulatorSuite } from '../../contract/emulation.ts';
import type { Log } from '../base/log.ts';
import { DebianArchive, type Suite } from '../debian/archive.ts';
import { BlobCache } from '../debian/blob-cache.ts';
import { hostAptMirrors, mirrorOrder } from '../debian/mirrors.ts';
import type { Paths } from '../paths.ts';
import { type LoadedTemplate, loadEmulatorSources, loadTemplate } from './template.ts';

/** Lists up to this old are used without asking a mirror; apt's own timer is daily too. */
export const listsMaxAgeMs = 24 * 3_600_000;

/**
 * A template and the signed archive its packages come from. One for each FOREDECK_HOME: all who fetch packages share
 * its cache, so that nothing is downloaded twice at the same time.
 */
export class TemplateSource {
  readonly paths: Paths;
  readonly #options: TemplateSourceOptions;
  readonly #blobs: BlobCache;

  constructor(options: TemplateSourceOptions) {
    this.paths = options.paths;
    this.#options = options;
    this.#blobs = new BlobCache(join(options.paths.cache, 'sha256'));
  }

  /** Throws `template_invalid` with file and line. */
  load(): Promise<LoadedTemplate> {
    return loadTemplate(this.#options.templateFolder);
  }

  /** Where packages of `suite` are looked for. Throws `template_invalid` with file and line. */
  async suites(loaded: LoadedTemplate, suite: EmulatorSuite): Promise<readonly Suite[]> {
    if (suite === 'stable') return loaded.template.suites;
    return (await loadEmulatorSources(this.#options.templateFolder))[suite];
  }

  archive(loaded: LoadedTemplate): DebianArchive {
    const { paths, keyringPath, log, mirrorSetting } = this.#options;
    return new DebianArchive({
      listsFolder: join(paths.cache, 'lists'),
      blobs: this.#blobs,
      keyringPath,
      log,
      mirrors: async () =>
        mirrorOrder({
          setting: mirrorSetting(),
          hostApt: await hostAptMirrors(),
          template: loaded.template.mirrors,
        }),
    });
  }
}

export interface TemplateSourceOptions {
  readonly paths: Paths;
  readonly log: Log;
  /** `vm-templates/<name>`. */
  readonly templateFolder: string;
  /** Debian's archive keys, `resources/debian-archive-keyring/debian-archive-keyring.gpg`. */
  readonly keyringPath: string;
  /** The mirror a person asked for, by setting or FOREDECK_MIRROR; read each time. */
  readonly mirrorSetting: () => string | null;
}
