import { IncomingMessage } from 'node:http';
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

/** When an event happened, as far as its time tells. */
export interface EventAge {
  /** Before this connection: what is listed on it knows already. */
  readonly past: boolean;
  /** dockerd remembers it, and it was handed over on an earlier connection. */
  readonly told: boolean;
}

/** Somebody who goes by Docker's events. */
export interface EventReader {
  /**
   * Docker's events are followed from here on; those to come wait until it resolves. Where it rejects it is called again
   * after a while; no other reader waits for that. `signal` aborts when the connection ends.
   */
  readonly onConnected?: (signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: DockerEvent, age: EventAge) => void;
  /** The connection has ended and `onConnected` with it; the last call, too. */
  readonly onLost?: () => void;
}

export interface FollowEvents {
  readonly docker: Dockerode;
  readonly readers: readonly EventReader[];
  /** How far events were handed over; kept by the caller from one connection to the next. */
  readonly place: EventPlace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Hands every event of Docker's over to every reader, in order, until `signal` aborts; reconnects by itself. It begins
 * after `place`, with those that dockerd remembers, the newest 256 since it started (moby: daemon/events). Never rejects.
 */
export async function followEvents(options: FollowEvents): Promise<void> {
  const { docker, place, log, signal } = options;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      // Typed as whole seconds only.
      const request = { since: sinceText(place.nano), abortSignal: signal } as object;
      const events = await docker.getEvents(request);
      retryMs = firstRetryMs;
      await handOver(events, options);
    } catch (thrown) {
      if (!signal.aborted) log.info({ error: thrown }, "lost sight of Docker's events");
    }
    for (const reader of options.readers) reader.onLost?.();
    await sleep(retryMs, signal).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, lastRetryMs);
  }
}

/** One connection, to its end. Throws when it breaks off. */
async function handOver(
  events: NodeJS.ReadableStream,
  { readers, place, log, signal }: FollowEvents,
): Promise<void> {
  const connection = new AbortController();
  const feeds = readers.map((reader) => new Feed(reader, log));
  const ready = feeds.map((feed) => feed.open(AbortSignal.any([signal, connection.signal])));
  const { nano: toldNano } = place;
  const connectedNano = connectedAt(events);
  let past = true;
  try {
    for await (const value of jsonLines(events)) {
      const event = DockerEvent.safeParse(value).data;
      if (!event) continue;
      place.nano = Math.max(place.nano, event.timeNano);
      // Those that dockerd remembers come first, so that a clock which is set back later cannot make new ones look past.
      past &&= event.timeNano < connectedNano;
      // `since` is inclusive. A clock that was set back makes new ones look told, too.
      const age = { past, told: event.timeNano <= toldNano };
      for (const feed of feeds) feed.push(event, age);
    }
  } finally {
    connection.abort();
    await Promise.all(ready);
  }
}

/** The events of one reader: they wait while it finds out what there is. */
class Feed {
  readonly #reader: EventReader;
  readonly #log: Log;
  #waiting: (readonly [DockerEvent, EventAge])[] | undefined = [];

  constructor(reader: EventReader, log: Log) {
    this.#reader = reader;
    this.#log = log;
  }

  push(event: DockerEvent, age: EventAge): void {
    if (this.#waiting) this.#waiting.push([event, age]);
    else this.#reader.onEvent(event, age);
  }

  /** Resolves when the reader is ready, or `signal` has aborted. */
  async open(signal: AbortSignal): Promise<void> {
    for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(retryMs * 2, lastRetryMs)) {
      try {
        await this.#reader.onConnected?.(signal);
        for (const [event, age] of this.#waiting ?? []) this.#reader.onEvent(event, age);
        this.#waiting = undefined;
        return;
      } catch (thrown) {
        if (!signal.aborted) this.#log.info({ error: thrown }, 'what Docker has could not be listed');
      }
      await sleep(retryMs, signal).catch(() => undefined);
      // The next list tells of these.
      this.#waiting = [];
    }
  }
}

/** By the VM's clock, rounded down to a second; NaN where dockerd does not say. */
function connectedAt(events: NodeJS.ReadableStream): number {
  return events instanceof IncomingMessage ? Date.parse(events.headers.date ?? '') * 1_000_000 : Number.NaN;
}

/** Seconds and nanoseconds, as `GET /events` reads them. */
function sinceText(nano: number): string {
  const seconds = Math.floor(nano / 1_000_000_000);
  return `${seconds}.${String(nano % 1_000_000_000).padStart(9, '0')}`;
}
