import type { Log } from '../base/log.ts';
import type { GuestLink } from './ports.ts';
import { setGuestClock } from './set-guest-clock.ts';

/** A host waits some seconds for its programs before it sleeps (logind: InhibitDelayMaxSec, 5 s), so no longer. */
const flushTimeoutMs = 4_000;

/** An emulated guest on a host that is just waking needs a second for a small program; more means that it is lost. */
const answerTimeoutMs = 5_000;

/** Has the guest write to its disk what it holds in memory. Never rejects: the host sleeps either way. */
export async function flushGuest(link: GuestLink, log: Log): Promise<void> {
  try {
    await link.exec(['sync'], { timeoutMs: flushTimeoutMs });
  } catch (thrown) {
    log.warn({ err: thrown }, 'not everything is on the disk before the host sleeps');
  }
}

/**
 * Sets the guest's clock, which stood while the host slept. A connection over which that cannot be done is ended: its
 * session makes another one at once, and that sets the clock. Never rejects.
 */
export async function wakeGuest(link: GuestLink, log: Log): Promise<void> {
  try {
    await setGuestClock(link, { timeoutMs: answerTimeoutMs });
  } catch (thrown) {
    log.warn({ err: thrown }, 'the guest does not answer after the host slept');
    await link.close();
  }
}
