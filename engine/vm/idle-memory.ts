import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import { dropPageCache } from './drop-page-cache.ts';
import { type ProcessUsage, processUsage } from './host-usage.ts';
import type { GuestLink } from './ports.ts';

/** How often QEMU is looked at: a read of /proc, of which the guest knows nothing. */
const defaultIntervalMs = 60_000;

/** Of one core, over an interval. An idle emulated guest takes a few percent, one that does anything takes a whole core. */
const idleShare = 0.15;

/** Less than this is not worth that the guest reads its files again. */
const worthBytes = 256 * 1024 ** 2;

export interface IdleMemoryOptions {
  readonly link: GuestLink;
  /** QEMU's. */
  readonly pid: number;
  readonly log: Log;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
  readonly worthBytes?: number;
}

/**
 * Gives the host back what an idle guest keeps of files. Memory which programs free comes back by itself (free page
 * reporting); copies of files stay until the guest needs the room, which is never while it idles. So when QEMU has used
 * no processor to speak of for an interval and has grown a good deal since the guest last had none to give, the guest
 * is told to drop them. Whoever works is not disturbed. Never rejects.
 */
export async function returnIdleMemory(options: IdleMemoryOptions): Promise<void> {
  const { link, pid, log, signal, intervalMs = defaultIntervalMs } = options;
  const worth = options.worthBytes ?? worthBytes;
  let before: ProcessUsage | undefined;
  /** What QEMU held when there was nothing to give; the guest's first idle minute sets it. */
  let leastBytes = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    try {
      const now = await processUsage(pid);
      const idle = before !== undefined && now.cpuMs - before.cpuMs < intervalMs * idleShare;
      before = now;
      if (idle && now.residentBytes - leastBytes > worth) {
        log.debug(
          { residentBytes: now.residentBytes, leastBytes },
          'an idle guest drops its copies of files',
        );
        leastBytes = Number.POSITIVE_INFINITY;
        await dropPageCache(link, signal);
      } else if (idle) {
        leastBytes = Math.min(leastBytes, now.residentBytes);
      }
      await sleep(intervalMs, signal);
    } catch (thrown) {
      // A guest that stands still answers nothing; it is asked again when it has grown once more.
      if (!signal.aborted) log.debug({ err: thrown }, 'idle memory was not given back');
      await sleep(intervalMs, signal).catch(() => undefined);
    }
  }
}
