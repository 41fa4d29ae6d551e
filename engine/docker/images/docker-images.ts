import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage } from '../../../contract/docker-images.ts';
import type { Forecast, Launch } from '../../../contract/launch.ts';
import { EngineError } from '../../base/engine-error.ts';
import { OnceAtATime } from '../../base/once-at-a-time.ts';
import type { Jobs } from '../../state/jobs.ts';
import type { Store } from '../../state/store.ts';
import type { PackageFiles } from '../../vm/ports.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { forecast } from './forecast.ts';
import { parseReference } from './image-reference.ts';
import { importImage } from './import-image.ts';
import { type KnownImageRule, readKnownImages } from './known-images.ts';
import { launchContainer } from './launch-container.ts';
import { pullImage } from './pull-image.ts';
import { removeImage } from './remove-image.ts';
import { sampleImage } from './sample-image.ts';

export interface DockerImagesOptions {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly packages: PackageFiles;
  /** Docker in a VM. Throws `unknown_vm` or `wrong_state` while there is none. */
  readonly connection: (vm: string) => DockerConnection;
  /** File of resources/known-images. */
  readonly knownImages: string;
}

/** Docker's images in every VM, each with its platforms: looking, fetching, judging, starting. */
export class DockerImages {
  readonly #options: DockerImagesOptions;
  readonly #pulling = new OnceAtATime();
  #rules: Promise<readonly KnownImageRule[]> | undefined;

  constructor(options: DockerImagesOptions) {
    this.#options = options;
  }

  async list(vm: string): Promise<DockerImage[]> {
    const { images, signal } = this.#options.connection(vm);
    return await images.refresh(signal);
  }

  /** The same pull asked twice is one. */
  async pull(options: { vm: string; image: string; arch: Arch }): Promise<DockerImage> {
    return await this.#pull(options.vm, options.image, `linux/${options.arch}`);
  }

  async import(options: { vm: string; path: string; image: string; arch: Arch }): Promise<DockerImage> {
    const { vm, path, image, arch } = options;
    return await importImage({
      connection: this.#options.connection(vm),
      jobs: this.#options.jobs,
      path,
      reference: parseReference(image),
      platform: `linux/${arch}`,
    });
  }

  /** The same sample asked for twice is one. */
  async sample(vm: string, arch: Arch): Promise<DockerImage> {
    const { connection, jobs, packages } = this.#options;
    return await this.#pulling.run(`${vm} sample ${arch}`, () =>
      sampleImage({ connection: connection(vm), jobs, packages, arch }),
    );
  }

  async remove(vm: string, image: string): Promise<void> {
    await removeImage(this.#options.connection(vm), image);
  }

  async forecast(options: { vm: string; image: string; arch: Arch | null }): Promise<Forecast> {
    const connection = this.#options.connection(options.vm);
    this.#rules ??= readKnownImages(this.#options.knownImages);
    return await forecast({
      connection,
      rules: await this.#rules,
      handlers: this.#options.store.state.handlers,
      images: await connection.images.refresh(connection.signal),
      image: options.image,
      arch: options.arch,
    });
  }

  /** Pulls what is not there. Whatever the forecast warns of is tried all the same, but for what does not exist. */
  async launch(options: { vm: string } & Launch): Promise<{ id: string }> {
    const { vm, image, arch } = options;
    const connection = this.#options.connection(vm);
    const { chosen, warnings } = await this.forecast({ vm, image, arch });
    if (!chosen) {
      throw new EngineError({
        code: 'unknown_image',
        message: warnings[0]?.text ?? `There is no image "${image}".`,
        hint: 'Look at its name and platform; "foredeck platforms" lists what an image has.',
      });
    }
    if (!chosen.present) await this.#pull(vm, image, chosen.platform);
    return await launchContainer(connection, { ...options, platform: chosen.platform });
  }

  async #pull(vm: string, image: string, platform: string): Promise<DockerImage> {
    const { connection, jobs } = this.#options;
    const reference = parseReference(image);
    return await this.#pulling.run(`${vm} ${reference.text} ${platform}`, () =>
      pullImage({ connection: connection(vm), jobs, reference, platform }),
    );
  }
}
