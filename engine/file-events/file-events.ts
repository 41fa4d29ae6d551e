import type { Log } from '../base/log.ts';
import { orAborted, sleep } from '../base/time.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink } from '../vm/ports.ts';
import { EventRaiser } from './event-raiser.ts';
import { PendingChanges } from './pending-changes.ts';
import { shareEventsOf } from './share-events-of.ts';
import { WatchedMounts } from './watched-mounts.ts';

/** What a watched project may cost. */
export interface FileEventLimits {
  /**
   * Folders watched at once. A large monorepo with its node_modules has about ten thousand; Linux lets a user watch
   * 8,192 to a million (fs.inotify.max_user_watches), by its memory, and editors want some of them.
   */
  readonly maxFolders: number;
  /**
   * Changed names that wait to be told; of what comes on top only the folders are told. An emulated guest needs about 20 s
   * for as many, half of them rest, one with hardware acceleration less than one.
   */
  readonly maxPendingNames: number;
  /** Names told at once: a tenth of a second of an emulated guest. */
  readonly batchNames: number;
  /** Between hearing of a change and telling it: saving a file is several events. */
  readonly settleMs: number;
  /** Pause after a batch, in parts of the time that it took: with 1 the guest is at it half of the time. */
  readonly restRatio: number;
}

export const defaultFileEventLimits: FileEventLimits = {
  maxFolders: 16_384,
  maxPendingNames: 2_000,
  batchNames: 64,
  settleMs: 20,
  restRatio: 1,
};

/** Whatever failed may fail again at once. */
const retryPauseMs = 5_000;

export interface FileEventsOptions {
  readonly store: Store;
  readonly link: GuestLink;
  readonly log: Log;
  readonly limits?: FileEventLimits;
  /** Where the guest has a share; for tests. */
  readonly mountedAt?: (share: string) => string;
}

/**
 * Tells programs in the guest, over one connection, of what changes on the host in those parts of shared folders which
 * running containers have mounted. While none has, nothing is watched and nothing runs in the guest.
 */
export class FileEvents {
  readonly #options: FileEventsOptions;
  readonly #limits: FileEventLimits;
  readonly #pending: PendingChanges;
  readonly #mounts: WatchedMounts;
  #raiser: EventRaiser | undefined;
  /** Something has happened since the last step began. */
  #stirred = false;
  #wake: (() => void) | undefined;

  constructor(options: FileEventsOptions) {
    const { store, log, limits = defaultFileEventLimits } = options;
    this.#options = options;
    this.#limits = limits;
    this.#pending = new PendingChanges(limits.maxPendingNames);
    this.#mounts = new WatchedMounts({
      store,
      log,
      maxFolders: limits.maxFolders,
      onChange: (folder, name, cameOrWent) => {
        this.#pending.add(folder, name, cameOrWent);
        this.#stir();
      },
    });
  }

  /** Resolves when the connection is gone and nothing is watched any more. Never rejects. */
  async run(): Promise<void> {
    const { store, link, log } = this.#options;
    const stopListening = store.listen((changes) => {
      if (changes.some((change) => change.in === 'shares' || change.in === 'containers')) this.#stir();
    });
    try {
      while (!link.signal.aborted) {
        try {
          await this.#step(link.signal);
        } catch (thrown) {
          if (link.signal.aborted) break;
          log.warn({ err: thrown }, 'changes in shared folders could not be told to the VM');
          this.#closeRaiser();
          await sleep(retryPauseMs, link.signal).catch(() => undefined);
        }
      }
    } finally {
      stopListening();
      this.#mounts.close();
      this.#closeRaiser();
    }
  }

  /** Follows the mounts, then tells some of what has changed, or waits until something has. */
  async #step(signal: AbortSignal): Promise<void> {
    this.#stirred = false;
    if (await this.#mounts.update()) {
      // Its start takes an emulated guest a second, which the first change would have to wait for.
      this.#raiser ??= await EventRaiser.start(this.#options.link, this.#options.mountedAt);
    } else {
      this.#pending.clear();
      this.#closeRaiser();
    }
    if (this.#raiser && !this.#pending.empty) {
      await this.#tell(this.#raiser, signal);
    } else if (!this.#stirred) {
      await orAborted(new Promise<void>((resolve) => this.#wakeBy(resolve)), signal);
      await sleep(this.#limits.settleMs, signal);
    }
  }

  async #tell(raiser: EventRaiser, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const { batchNames, restRatio } = this.#limits;
    const events = await shareEventsOf(this.#pending.take(batchNames), this.#mounts);
    if (events.length > 0) {
      const begun = performance.now();
      const raised = await raiser.raise(events, signal);
      log.debug(raised, 'told the VM of changes in shared folders');
      await sleep((performance.now() - begun) * restRatio, signal);
    }
    if (!this.#pending.empty) return;
    this.#mounts.tellLeftOut();
    const dropped = this.#pending.takeDropped();
    if (dropped > 0) {
      log.warn(
        { dropped },
        'more changed at once than is told file by file; of the rest the folders were told',
      );
    }
  }

  #stir(): void {
    this.#stirred = true;
    this.#wake?.();
  }

  #wakeBy(resolve: () => void): void {
    this.#wake = () => {
      this.#wake = undefined;
      resolve();
    };
  }

  #closeRaiser(): void {
    this.#raiser?.close();
    this.#raiser = undefined;
  }
}
