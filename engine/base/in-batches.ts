import { sleep } from './time.ts';

/**
 * What `source` gives, collected for `intervalMs` from the first of each batch on: a storm makes few batches, and a single
 * value waits no longer than that. Ends and fails with `source`, after the last batch.
 */
export async function* inBatches<T>(
  source: AsyncIterable<T>,
  intervalMs: number,
): AsyncGenerator<T[], void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T>> => {
    const asked = iterator.next();
    // Awaited below, maybe only after whoever reads has come back.
    asked.catch(() => undefined);
    return asked;
  };
  try {
    let next = ask();
    for (let first = await next; !first.done; first = await next) {
      const batch = [first.value];
      next = ask();
      const timer = new AbortController();
      const over = sleep(intervalMs, timer.signal).then(
        () => undefined,
        () => undefined,
      );
      try {
        for (let more = await Promise.race([next, over]); more && !more.done; ) {
          batch.push(more.value);
          next = ask();
          more = await Promise.race([next, over]);
        }
      } catch {
        // The same promise is awaited again, after what came before its failure has been told.
      } finally {
        timer.abort();
      }
      yield batch;
    }
  } finally {
    await iterator.return?.();
  }
}
