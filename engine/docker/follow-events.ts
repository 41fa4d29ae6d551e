import type Dockerode from 'dockerode';
import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import { DockerEvent } from './container-record.ts';
import { jsonLines } from './json-lines.ts';

const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

/** Nanoseconds since the Unix epoch by the VM's clock; JSON's numbers hold these to about 250 ns. */
export interface EventPlace {
  nano: number;
}

export interface FollowEvents {
  readonly docker: Dockerode;
  /** Docker's events are followed from here on; those to come wait until it resolves. */
  readonly onConnected: () => Promise<void>;
  /** `told`: dockerd remembers it, and it was handed over before. */
  readonly onEvent: (event: DockerEvent, told: boolean) => void;
  /** The last call, too, when `signal` aborts. */
  readonly onLost: () => void;
  /** How far it was handed over; kept by the caller from one connection to the next. */
  readonly place: EventPlace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Hands over every event of Docker's, in order, until `signal` aborts; reconnects by itself. It begins after `place`, with
 * those that dockerd remembers, the newest 256 since it started (moby: daemon/events). Never rejects.
 */
export async function followEvents(options: FollowEvents): Promise<void> {
  const { docker, onConnected, onEvent, onLost, place, log, signal } = options;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      // Typed as whole seconds only.
      const request = { since: sinceText(place.nano), abortSignal: signal } as object;
      const events = await docker.getEvents(request);
      await onConnected();
      retryMs = firstRetryMs;
      const toldNano = place.nano;
      for await (const value of jsonLines(events)) {
        const event = DockerEvent.safeParse(value).data;
        if (!event) continue;
        place.nano = Math.max(place.nano, event.timeNano);
        // `since` is inclusive. A clock that was set back makes new ones look told, too.
        onEvent(event, event.timeNano <= toldNano);
      }
    } catch (thrown) {
      if (!signal.aborted) log.info({ error: thrown }, "lost sight of Docker's events");
    }
    onLost();
    await sleep(retryMs, signal).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, lastRetryMs);
  }
}

/** Seconds and nanoseconds, as `GET /events` reads them. */
function sinceText(nano: number): string {
  const seconds = Math.floor(nano / 1_000_000_000);
  return `${seconds}.${String(nano % 1_000_000_000).padStart(9, '0')}`;
}
