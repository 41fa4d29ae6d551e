import type { Arch } from '../../contract/arch.ts';
import { type DockerImage, dockerImageKey, type ImagePlatform } from '../../contract/docker-images.ts';
import type { Forecast, Launch, Warning } from '../../contract/launch.ts';
import type { Job } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';
import { dockerImageRecord, platformRecord } from './image-records.ts';
import { containerRecord, jobRecord } from './records.ts';

type Fetch = { vm: string; image: string; arch: Arch };

/** Images of the fake engine: pulling makes a job and an image, launching a container. */
export class FakeImages {
  /** What a forecast says besides what follows from the state, by the image's reference. */
  readonly forecasts = new Map<string, Partial<Forecast>>();
  /** Which forecasts were asked for, in order: `alpine:3.20 arm64`. */
  readonly forecastsAsked: string[] = [];
  readonly #store: Store;
  readonly #script: FakeScript;
  readonly #cancels = new Map<string, (reason: EngineError) => void>();
  #jobCount = 0;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async list(): Promise<DockerImage[]> {
    await this.#script.play('listDockerImages');
    return this.#images();
  }

  pull(options: Fetch): Promise<DockerImage> {
    const { image, arch } = options;
    return this.#fetch(options, `Image ${image} for ${arch}`, () =>
      this.#script.carryOut('pullImage', image, arch),
    );
  }

  import(options: Fetch & { path: string }): Promise<DockerImage> {
    const { image, arch, path } = options;
    return this.#fetch(options, `Import ${path} as ${image}`, () =>
      this.#script.carryOut('importImage', path, image, arch),
    );
  }

  sample(vm: string, arch: Arch): Promise<DockerImage> {
    const image = `foredeck-sample:${arch.replace('/', '-')}`;
    return this.#fetch({ vm, image, arch }, `Image ${image} out of Debian’s busybox`, () =>
      this.#script.carryOut('sampleImage', arch),
    );
  }

  async remove(vm: string, reference: string): Promise<void> {
    await this.#script.carryOut('removeImage', reference);
    const image = this.#find(reference);
    if (!image)
      throw new EngineError({ code: 'unknown_image', message: `There is no image "${reference}".` });
    const tags = image.tags.filter((tag) => tag !== reference);
    const value = tags.length > 0 ? { ...image, tags } : null;
    this.#store.commit({ in: 'dockerImages', key: dockerImageKey(vm, image.id), value });
  }

  async forecast(options: { vm: string; image: string; arch: Arch | null }): Promise<Forecast> {
    const { vm, image, arch } = options;
    this.forecastsAsked.push([image, arch ?? 'automatic'].join(' '));
    await this.#script.play('forecast');
    const known = this.#find(image);
    const platforms = known?.platforms.map((platform) => this.#now(vm, platform)) ?? null;
    const native = platforms?.find((platform) => platform.execution === 'native') ?? null;
    const chosen =
      arch === null
        ? (native ?? platforms?.[0] ?? null)
        : (platforms?.find((platform) => platform.arch === arch) ?? null);
    const emulated = chosen?.execution === 'emulated' && chosen.arch !== null;
    const handler = emulated ? this.#store.state.handlers[handlerKey(vm, chosen.arch ?? '')] : undefined;
    return {
      image,
      platforms,
      readFrom: known ? 'vm' : null,
      chosen,
      native,
      isaLevel: handler?.lastTest?.isaLevel ?? null,
      warnings: warningsOf(chosen, image),
      price: handler?.price ?? null,
      ...this.forecasts.get(image),
    };
  }

  async launch({ vm, ...launch }: { vm: string } & Launch): Promise<{ id: string }> {
    await this.#script.carryOut('launch', JSON.stringify(launch));
    const container = containerRecord({
      vm,
      name: launch.name ?? 'brave_hopper',
      image: launch.image,
      command: launch.command.join(' '),
      arch: launch.arch,
      createdAt: Date.now(),
    });
    this.#store.commit({ in: 'containers', key: container.id, value: container });
    return { id: container.id };
  }

  /** Makes the fetch of this job end as cancelled; nothing when the job is of something else. */
  cancel(job: string): void {
    this.#cancels.get(job)?.(new EngineError({ code: 'cancelled', message: 'Cancelled.' }));
  }

  async #fetch({ vm, image, arch }: Fetch, title: string, work: () => Promise<void>): Promise<DockerImage> {
    this.#jobCount += 1;
    const id = `docker-image-${this.#jobCount}`;
    const job = jobRecord({ id, kind: 'docker-image', title, phase: 'downloading', startedAt: Date.now() });
    this.#commitJob(job);
    const cancelled = Promise.withResolvers<never>();
    this.#cancels.set(id, cancelled.reject);
    try {
      await Promise.race([work(), cancelled.promise]);
    } catch (thrown) {
      const error = thrown instanceof EngineError ? thrown.toWire() : null;
      const state = error?.code === 'cancelled' ? 'cancelled' : 'failed';
      this.#commitJob({
        ...job,
        state,
        phase: state,
        finishedAt: Date.now(),
        error: state === 'failed' ? error : null,
      });
      throw thrown;
    } finally {
      this.#cancels.delete(id);
    }
    this.#commitJob({ ...job, state: 'done', phase: 'done', progress: null, finishedAt: Date.now() });
    return this.#add(vm, image, arch);
  }

  #add(vm: string, reference: string, arch: Arch): DockerImage {
    const known = this.#find(reference);
    const added = this.#now(vm, platformRecord(arch, 'emulated'));
    const value = known
      ? {
          ...known,
          platforms: [...known.platforms.filter((platform) => platform.arch !== arch), added],
        }
      : dockerImageRecord({ vm, tags: [reference], createdAt: Date.now(), platforms: [added] });
    this.#store.commit({ in: 'dockerImages', key: dockerImageKey(vm, value.id), value });
    return value;
  }

  /** The platform, run as the handlers are at this moment. */
  #now(vm: string, platform: ImagePlatform): ImagePlatform {
    if (platform.arch === null) return platform;
    const state = this.#store.state.handlers[handlerKey(vm, platform.arch)]?.state;
    const execution = state === 'native' ? 'native' : state === 'on' ? 'emulated' : 'off';
    return { ...platform, execution };
  }

  #find(reference: string): DockerImage | undefined {
    return this.#images().find((image) => image.tags.includes(reference) || image.id === reference);
  }

  #images(): DockerImage[] {
    return Object.values(this.#store.state.dockerImages);
  }

  #commitJob(job: Job): void {
    this.#store.commit({ in: 'jobs', key: job.id, value: job });
  }
}

function warningsOf(chosen: ImagePlatform | null, image: string): Warning[] {
  if (chosen === null) {
    return [{ severity: 'stop', text: `Nothing of ${image} can be started here.`, source: null }];
  }
  if (chosen.execution !== 'off') return [];
  return [
    {
      severity: 'stop',
      text: `${chosen.arch} programs do not run in this VM: the handler is off.`,
      source: 'https://docs.kernel.org/admin-guide/binfmt-misc.html',
    },
  ];
}
