import { z } from 'zod';
import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import type { GuestLink } from '../vm/ports.ts';
import { jsonLines } from './json-lines.ts';

/** Where the guest's share-guard tells of each refusal, a line of JSON each. */
const refusalsSocket = '/run/foredeck/refusals.sock';

const firstRetryMs = 1_000;
/** Guests of an older image have no such socket at all. */
const lastRetryMs = 60_000;

const Refusal = z.object({
  /** Milliseconds since the Unix epoch, by the VM's clock. */
  at: z.number().nonnegative(),
  paths: z.array(z.string()).min(1),
  image: z.string(),
  name: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

/**
 * Calls `onRefusal` for each container that was refused since it wants a folder of the host which is not shared, until
 * `signal` aborts; connects again by itself. Costs the guest one channel and nothing while nothing is refused. Never rejects.
 */
export async function followRefusals(options: {
  link: Pick<GuestLink, 'connectUnix'>;
  onRefusal: (refusal: Refusal) => void;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { link, onRefusal, log, signal } = options;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      const stream = await link.connectUnix(refusalsSocket);
      const leave = (): void => void stream.destroy();
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      try {
        retryMs = firstRetryMs;
        for await (const value of jsonLines(stream)) {
          const refusal = Refusal.safeParse(value).data;
          if (refusal) onRefusal(refusal);
        }
      } finally {
        signal.removeEventListener('abort', leave);
        stream.destroy();
      }
    } catch (thrown) {
      if (!signal.aborted) log.info({ error: thrown }, 'refused containers are not told at the moment');
    }
    await sleep(retryMs, signal).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, lastRetryMs);
  }
}
