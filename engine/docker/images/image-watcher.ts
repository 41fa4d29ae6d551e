import { isDeepStrictEqual } from 'node:util';
import type Dockerode from 'dockerode';
import type { ImageInfo } from 'dockerode';
import type { Arch } from '../../../contract/arch.ts';
import { type DockerImage, dockerImageKey } from '../../../contract/docker-images.ts';
import type { Change } from '../../../contract/state.ts';
import type { Log } from '../../base/log.ts';
import { OnceAtATime } from '../../base/once-at-a-time.ts';
import { orAborted } from '../../base/time.ts';
import type { Store } from '../../state/store.ts';
import type { GuestLink } from '../../vm/ports.ts';
import type { DockerEvent } from '../container-record.ts';
import type { EventAge, EventReader } from '../follow-events.ts';
import { isHiddenImage } from '../hidden-containers.ts';
import { guestBlobs } from '../oci-platform.ts';
import type { ImagePlatforms } from './image-platforms.ts';
import { platformExecution } from './platform-execution.ts';
import { watchContent } from './watch-content.ts';

/** A build or a pull makes several events at once; one list tells what all of them did. */
const listDelayMs = 300;

export interface ImageWatcherOptions {
  readonly vm: { readonly name: string; readonly arch: Arch };
  readonly docker: Dockerode;
  readonly store: Store;
  readonly link: GuestLink;
  readonly platforms: ImagePlatforms;
  readonly log: Log;
  /** Ends what is being asked, and watched. */
  readonly signal: AbortSignal;
  /** Where containerd keeps content, and how long nothing more must come into it; for tests. */
  readonly content?: { readonly folder: string; readonly quietMs: number };
}

/**
 * Keeps the rows of one VM's images true: listed at the start and after Docker's image events, their platforms'
 * execution worked out again when a handler changes. Rows outlive a Docker that cannot be reached; the VM's record
 * tells that it is away.
 */
export class ImageWatcher implements EventReader {
  readonly #options: ImageWatcherOptions;
  readonly #listing = new OnceAtATime();
  #listTimer: NodeJS.Timeout | undefined;

  constructor(options: ImageWatcherOptions) {
    this.#options = options;
  }

  /** Watches what makes no event of Docker's, until its signal aborts. Never rejects. */
  async run(): Promise<void> {
    const stopListening = this.#options.store.listen((changes) => {
      if (!changes.some((change) => change.in === 'handlers')) return;
      // A commit within a commit would reach some watchers before the one that caused it.
      queueMicrotask(() => this.#recomputeExecution());
    });
    try {
      await this.#watchContent();
    } finally {
      stopListening();
      clearTimeout(this.#listTimer);
      await this.#listing.settled();
    }
  }

  async onConnected(signal: AbortSignal): Promise<void> {
    await this.refresh(signal);
  }

  onEvent(event: DockerEvent, { past }: EventAge): void {
    if (event.Type === 'image' && !past) this.#listSoon();
  }

  /** Lists now, and answers with every image. One that was asked for after something happened tells of it. */
  async refresh(signal: AbortSignal): Promise<DockerImage[]> {
    // A list under way may have been asked for too early.
    await orAborted(this.#listing.settled(), signal);
    await orAborted(this.#list(), signal);
    return this.#rows();
  }

  row(id: string): DockerImage | undefined {
    const { store, vm } = this.#options;
    return store.state.dockerImages[dockerImageKey(vm.name, id)];
  }

  /** BuildKit makes images without an event (seen with Docker 26.1.5), but never without new content. */
  async #watchContent(): Promise<void> {
    const { content, link, log, signal } = this.#options;
    await watchContent({
      link,
      folder: content?.folder ?? guestBlobs,
      onChange: () => this.#listSoon(),
      log,
      signal,
      ...(content && { quietMs: content.quietMs }),
    });
  }

  #listSoon(): void {
    this.#listTimer ??= setTimeout(() => {
      this.#listTimer = undefined;
      this.refresh(this.#options.signal).catch((thrown: unknown) => {
        // The stream of events ends for the same reason; everything is listed again after it.
        this.#options.log.debug({ error: thrown }, 'images could not be listed');
      });
    }, listDelayMs);
  }

  /** One list for whoever asks meanwhile: it goes on when one of them has gone, and ends with the watcher. */
  #list(): Promise<void> {
    return this.#listing.run('list', async () => {
      const { docker, platforms, signal, vm, store } = this.#options;
      const request = { abortSignal: signal } as Dockerode.ListImagesOptions;
      const images = (await docker.listImages(request)).filter((image) => !isHiddenImage(image));
      const stored = await platforms.read(images.map((image) => image.Id));
      const { handlers } = store.state;
      const rows = images.map((image): DockerImage => {
        const found = stored.get(image.Id) ?? [];
        return {
          ...rowOf(vm.name, image),
          platforms: found.map((one) => ({ ...one, execution: platformExecution(one.arch, vm, handlers) })),
        };
      });
      const ids = new Set(rows.map((row) => row.id));
      const gone = this.#rows().filter((row) => !ids.has(row.id));
      this.#commit(rows, gone);
    });
  }

  #recomputeExecution(): void {
    const { vm, store } = this.#options;
    const { handlers } = store.state;
    const rows = this.#rows().map((row) => ({
      ...row,
      platforms: row.platforms.map((one) => ({
        ...one,
        execution: platformExecution(one.arch, vm, handlers),
      })),
    }));
    this.#commit(rows, []);
  }

  #rows(): DockerImage[] {
    const { store, vm } = this.#options;
    return Object.values(store.state.dockerImages).filter((row) => row.vm === vm.name);
  }

  /** Tells only what has changed. */
  #commit(rows: readonly DockerImage[], gone: readonly DockerImage[]): void {
    const { store } = this.#options;
    const keyOf = (row: DockerImage): string => dockerImageKey(row.vm, row.id);
    const changed = rows.filter((row) => !isDeepStrictEqual(row, store.state.dockerImages[keyOf(row)]));
    store.commit(
      ...gone.map((row): Change => ({ in: 'dockerImages', key: keyOf(row), value: null })),
      ...changed.map((row): Change => ({ in: 'dockerImages', key: keyOf(row), value: row })),
    );
  }
}

/** Docker writes `<none>:<none>` where an image has no name left. */
function rowOf(vm: string, image: ImageInfo): Omit<DockerImage, 'platforms'> {
  const tags = (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
  return { vm, id: image.Id, tags, createdAt: image.Created > 0 ? image.Created * 1_000 : null };
}
