import type Dockerode from 'dockerode';
import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import { DockerEvent } from './container-record.ts';
import { jsonLines } from './json-lines.ts';

const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

export interface FollowEvents {
  readonly docker: Dockerode;
  /** Docker's events are followed from here on; those to come wait until it resolves. */
  readonly onConnected: () => Promise<void>;
  readonly onEvent: (event: DockerEvent) => void;
  /** The last call, too, when `signal` aborts. */
  readonly onLost: () => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Hands over every event of Docker's once, in order, until `signal` aborts; reconnects by itself. It begins with those
 * that dockerd remembers, the newest 256 since it started (moby: daemon/events). Never rejects.
 */
export async function followEvents(options: FollowEvents): Promise<void> {
  const { docker, onConnected, onEvent, onLost, log, signal } = options;
  let retryMs = firstRetryMs;
  // JSON's numbers hold these to about 250 ns.
  let lastNano = 0;
  while (!signal.aborted) {
    try {
      // Typed as whole seconds only.
      const request = { since: sinceText(lastNano), abortSignal: signal } as object;
      const events = await docker.getEvents(request);
      await onConnected();
      retryMs = firstRetryMs;
      const toldNano = lastNano;
      for await (const value of jsonLines(events)) {
        const event = DockerEvent.safeParse(value).data;
        // `since` is inclusive.
        if (!event || event.timeNano <= toldNano) continue;
        lastNano = Math.max(lastNano, event.timeNano);
        onEvent(event);
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
