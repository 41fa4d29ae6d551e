import { isDeepStrictEqual } from 'node:util';
import type Dockerode from 'dockerode';
import type { ImageInfo } from 'dockerode';
import type { Arch } from '../../../contract/arch.ts';
import { type DockerImage, dockerImageKey } from '../../../contract/docker-images.ts';
import type { Change } from '../../../contract/state.ts';
import type { Log } from '../../base/log.ts';
import { OnceAtATime } from '../../base/once-at-a-time.ts';
import { orAborted, sleep } from '../../base/time.ts';
import type { Store } from '../../state/store.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { isHiddenImage } from '../hidden-containers.ts';
import { jsonLines } from '../json-lines.ts';
import { guestBlobs } from '../oci-platform.ts';
import type { ImagePlatforms } from './image-platforms.ts';
import { platformExecution } from './platform-execution.ts';
import { watchContent } from './watch-content.ts';

/** A build or a pull makes several events at once; one list tells what all of them did. */
const listDelayMs = 300;

const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

export interface ImageWatcherOptions {
  readonly vm: { readonly name: string; readonly arch: Arch };
  readonly docker: Dockerode;
  readonly store: Store;
  readonly link: GuestLink;
  readonly platforms: ImagePlatforms;
  readonly log: Log;
  /** Where containerd keeps content, and how long nothing more must come into it; for tests. */
  readonly content?: { readonly folder: string; readonly quietMs: number };
}

/**
 * Keeps the rows of one VM's images true: listed at the start and after Docker's image events, their platforms'
 * execution worked out again when a handler changes. Rows outlive a Docker that cannot be reached; the VM's record
 * tells that it is away.
 */
export class ImageWatcher {
  readonly #options: ImageWatcherOptions;
  readonly #listing = new OnceAtATime();
  #listTimer: NodeJS.Timeout | undefined;
  #signal: AbortSignal | undefined;

  constructor(options: ImageWatcherOptions) {
    this.#options = options;
  }

  /** Follows Docker until `signal` aborts; reconnects by itself. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const stopListening = this.#options.store.listen((changes) => {
      if (!changes.some((change) => change.in === 'handlers')) return;
      // A commit within a commit would reach some watchers before the one that caused it.
      queueMicrotask(() => this.#recomputeExecution());
    });
    const watchingContent = this.#watchContent(signal);
    let retryMs = firstRetryMs;
    try {
      while (!signal.aborted) {
        try {
          await this.#follow(signal, () => {
            retryMs = firstRetryMs;
          });
        } catch (thrown) {
          if (!signal.aborted) this.#options.log.info({ error: thrown }, "lost sight of Docker's images");
        }
        await sleep(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    } catch {
      // Only the sleep throws here, and only because of the signal.
    } finally {
      stopListening();
      clearTimeout(this.#listTimer);
      await watchingContent;
      await this.#listing.settled();
    }
  }

  /** Lists now, and answers with every image. One that was asked for after something happened tells of it. */
  async refresh(signal: AbortSignal): Promise<DockerImage[]> {
    // A list under way may have been asked for too early.
    await orAborted(this.#listing.settled(), signal);
    await orAborted(this.#list(), signal);
    return this.#rows();
  }

  async #follow(signal: AbortSignal, onListed: () => void): Promise<void> {
    const request: Dockerode.GetEventsOptions & { abortSignal: AbortSignal } = {
      filters: { type: ['image'] },
      abortSignal: signal,
    };
    // They wait in the stream until everything is listed.
    const events = await this.#options.docker.getEvents(request);
    await this.#list();
    onListed();
    for await (const _event of jsonLines(events)) this.#listSoon(signal);
  }

  /** BuildKit makes images without an event (seen with Docker 26.1.5), but never without new content. */
  async #watchContent(signal: AbortSignal): Promise<void> {
    const { content, link, log } = this.#options;
    await watchContent({
      link,
      folder: content?.folder ?? guestBlobs,
      onChange: () => this.#listSoon(signal),
      log,
      signal,
      ...(content && { quietMs: content.quietMs }),
    });
  }

  #listSoon(signal: AbortSignal): void {
    this.#listTimer ??= setTimeout(() => {
      this.#listTimer = undefined;
      this.refresh(signal).catch((thrown: unknown) => {
        // The stream of events ends for the same reason; everything is listed again after it.
        this.#options.log.debug({ error: thrown }, 'images could not be listed');
      });
    }, listDelayMs);
  }

  /** One list for whoever asks meanwhile: it goes on when one of them has gone, and ends with the watcher. */
  #list(): Promise<void> {
    return this.#listing.run('list', async () => {
      const { docker, platforms, vm, store } = this.#options;
      const request = { abortSignal: this.#signal } as Dockerode.ListImagesOptions;
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
