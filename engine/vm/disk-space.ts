import type { Reclaimed } from '../../contract/vm-figures.ts';
import { Connected } from '../base/connected.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import { orAborted, sleep } from '../base/time.ts';
import type { Jobs } from '../state/jobs.ts';
import { allocatedBytes } from './host-usage.ts';
import type { GuestLink } from './ports.ts';
import { trimDisk } from './trim-disk.ts';

/** Work that is over by then is nothing to show. */
const jobAfterMs = 1_000;

/** `docker system prune` removes one thing after the other; one trim answers for all of them. */
const defaultSettleMs = 30_000;

/** Files which containers delete make no event. */
const defaultRegularMs = 24 * 60 * 60 * 1_000;

export interface DiskSpaceOptions {
  readonly jobs: Jobs;
  readonly log: Log;
  /** Between the last removal and the trim it causes. */
  readonly settleMs?: number;
  /** Between one trim and the next when nothing is known to have been removed. */
  readonly regularMs?: number;
}

export interface ConnectedDisk {
  /** Aborts with the connection. */
  readonly signal: AbortSignal;
  readonly link: GuestLink;
  /** The disk's file on the host. */
  readonly path: string;
  /** Where the guest has mounted it; for tests. */
  readonly dataFolder?: string;
}

/** Gives the host back what guests have deleted: when Docker removes something, regularly, and when asked to. */
export class DiskSpace {
  readonly #options: DiskSpaceOptions;
  readonly #disks = new Connected<ConnectedDisk>();
  /** One a VM: who comes while it runs shares it. */
  readonly #reclaims = new OnceAtATime();
  readonly #trims = new OnceAtATime();
  readonly #settling = new Map<string, NodeJS.Timeout>();

  constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  /** After each connect. Does nothing in the guest yet. */
  attach(vm: string, disk: ConnectedDisk): void {
    this.#disks.add(vm, disk);
    disk.signal.addEventListener('abort', () => this.#forgetFreed(vm), { once: true });
    void this.#trimRegularly(vm, disk);
  }

  /** Something was removed in the VM, so that its disk has more free space than its file shows. */
  freed(vm: string): void {
    const disk = this.#disks.get(vm);
    if (!disk) return;
    clearTimeout(this.#settling.get(vm));
    const trim = (): void => {
      this.#settling.delete(vm);
      void this.#trimQuietly(vm, disk);
    };
    this.#settling.set(vm, setTimeout(trim, this.#options.settleMs ?? defaultSettleMs).unref());
  }

  /**
   * Trims now; a job shows it when it takes more than a second. Throws `wrong_state` while the VM is away, and
   * `guest_command_failed`.
   */
  async reclaim(vm: string, signal: AbortSignal): Promise<Reclaimed> {
    const disk = this.#disks.get(vm);
    if (!disk) throw notConnected(vm);
    this.#forgetFreed(vm);
    return await this.#reclaims.run(vm, () => this.#reclaim(vm, disk, signal));
  }

  async #reclaim(vm: string, disk: ConnectedDisk, signal: AbortSignal): Promise<Reclaimed> {
    const beforeBytes = await allocatedBytes(disk.path);
    const trimming = this.#trim(vm, disk);
    if (!(await orAborted(settlesWithin(trimming, jobAfterMs), signal))) {
      const job = { kind: 'disk', title: `Free disk space of VM "${vm}"`, signal } as const;
      await this.#options.jobs.run(job, async (reporter) => {
        reporter.phase("giving back what the guest's files do not use");
        // Cancelled, the guest finishes by itself: it cannot be told to stop half way.
        await orAborted(trimming, reporter.signal);
      });
    }
    await trimming;
    return { beforeBytes, afterBytes: await allocatedBytes(disk.path) };
  }

  #trim(vm: string, disk: ConnectedDisk): Promise<void> {
    return this.#trims.run(vm, () => trimDisk(disk.link, { signal: disk.signal, folder: disk.dataFolder }));
  }

  async #trimRegularly(vm: string, disk: ConnectedDisk): Promise<void> {
    try {
      for (;;) {
        await sleep(this.#options.regularMs ?? defaultRegularMs, disk.signal);
        await this.#trimQuietly(vm, disk);
      }
    } catch {
      // Only the sleep throws, with the connection's end.
    }
  }

  async #trimQuietly(vm: string, disk: ConnectedDisk): Promise<void> {
    const { log } = this.#options;
    try {
      const beforeBytes = await allocatedBytes(disk.path);
      await this.#trim(vm, disk);
      log.info({ vm, beforeBytes, afterBytes: await allocatedBytes(disk.path) }, 'trimmed the data disk');
    } catch (thrown) {
      if (!disk.signal.aborted) log.warn({ vm, err: thrown }, 'the data disk was not trimmed');
    }
  }

  #forgetFreed(vm: string): void {
    clearTimeout(this.#settling.get(vm));
    this.#settling.delete(vm);
  }
}

/** False when `promise` is still pending after `ms`; rejects when it does before. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const done = new AbortController();
  try {
    const late = sleep(ms, done.signal).then(
      () => false,
      () => true,
    );
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    done.abort();
  }
}

function notConnected(vm: string): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is not running; only its guest knows which blocks of its disk are free.`,
    hint: `Start it first: foredeck start --vm ${vm}`,
  });
}
