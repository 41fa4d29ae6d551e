import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import { type ProcessUsage, processUsage } from './host-usage.ts';
import type { GuestLink } from './ports.ts';
import { shrinkPageCache } from './shrink-page-cache.ts';

/** How often QEMU is looked at: a read of /proc, of which the guest knows nothing. */
const intervalMs = 60_000;

/** Of one core, over an interval. An idle emulated guest takes a few percent, one that does anything takes a whole core. */
const idleShare = 0.15;

/** Less than this is not worth that the guest reads its files again. */
const worthBytes = 256 * 1024 ** 2;

/** Decides, from one look at QEMU to the next, when its guest should forget copies of files. */
export class IdleMemory {
  #before: ProcessUsage | undefined;
  /** The least that QEMU has held in an idle interval since the guest was last asked; nothing before it was. */
  #leastBytes = 0;

  /**
   * True when the guest was idle for the last `elapsedMs` and was never asked, or holds a good deal more than what was
   * left of it then.
   */
  isWorthAsking(now: ProcessUsage, elapsedMs: number): boolean {
    const idle = this.#before !== undefined && now.cpuMs - this.#before.cpuMs < elapsedMs * idleShare;
    this.#before = now;
    if (!idle) return false;
    const grown = now.residentBytes - this.#leastBytes > worthBytes;
    this.#leastBytes = grown ? Number.POSITIVE_INFINITY : Math.min(this.#leastBytes, now.residentBytes);
    return grown;
  }
}

/**
 * Gives the host back what an idle guest keeps of files, until `signal` aborts. Memory which programs free comes back by
 * itself (free page reporting); copies of files stay until the guest needs the room, which is never while it idles. So
 * when QEMU has used no processor to speak of and has grown, the guest is told to forget them. A guest that works is not
 * disturbed, and one that idles is not woken to be asked. Never rejects.
 */
export async function returnIdleMemory(options: {
  link: GuestLink;
  /** QEMU's. */
  pid: number;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { link, pid, log, signal } = options;
  const memory = new IdleMemory();
  while (!signal.aborted) {
    try {
      const usage = await processUsage(pid);
      if (memory.isWorthAsking(usage, intervalMs)) {
        log.debug({ residentBytes: usage.residentBytes }, 'an idle guest forgets copies of files');
        await shrinkPageCache(link, signal);
      }
    } catch (thrown) {
      // A guest that stands still answers nothing; it is asked again once it has grown again.
      if (!signal.aborted) log.debug({ err: thrown }, 'idle memory was not given back');
    }
    await sleep(intervalMs, signal).catch(() => undefined);
  }
}
