import type Dockerode from 'dockerode';
import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import { DockerEvent } from './container-record.ts';
import { isHidden } from './hidden-containers.ts';
import { jsonLines } from './json-lines.ts';

/** What Docker says when something is gone, for each kind of thing (Docker's API, "Monitor events"). */
const filters = JSON.stringify({
  type: ['image', 'container', 'volume', 'builder'],
  event: ['delete', 'destroy', 'prune'],
});

const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

/**
 * Calls `onFreed` whenever Docker has removed an image, a container, a volume or build cache, until `signal` aborts;
 * reconnects by itself. What Foredeck runs for its own ends does not count. Never rejects.
 */
export async function watchFreedSpace(options: {
  docker: Dockerode;
  onFreed: () => void;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { docker, onFreed, log, signal } = options;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      const request: Dockerode.GetEventsOptions & { abortSignal: AbortSignal } = {
        filters,
        abortSignal: signal,
      };
      const events = await docker.getEvents(request);
      retryMs = firstRetryMs;
      for await (const value of jsonLines(events)) {
        const event = DockerEvent.safeParse(value).data;
        const attributes = event?.Actor.Attributes ?? {};
        if (!isHidden(attributes.name, attributes)) onFreed();
      }
    } catch (thrown) {
      if (!signal.aborted) log.info({ error: thrown }, "lost sight of Docker's removals");
    }
    await sleep(retryMs, signal).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, lastRetryMs);
  }
}
