import { describe, expect, it } from 'vitest';
import { SharedWork } from './shared-work.ts';

/** Work which the test ends; it counts how often it was begun and notices its abort. */
function controlledWork() {
  const runs: { finish: (value: string) => void; signal: AbortSignal }[] = [];
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      runs.push({ finish: resolve, signal });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { runs, work };
}

describe('SharedWork', () => {
  it('runs once for all who ask while it runs, and again afterwards', async () => {
    const shared = new SharedWork<string>();
    const { runs, work } = controlledWork();
    const { signal } = new AbortController();
    const both = [shared.run('key', signal, work), shared.run('key', signal, work)];
    const other = shared.run('other', signal, work);
    await Promise.resolve();
    expect(runs).toHaveLength(2);
    for (const run of runs) run.finish('done');
    expect(await Promise.all([...both, other])).toEqual(['done', 'done', 'done']);
    const again = shared.run('key', signal, work);
    await Promise.resolve();
    runs[2]?.finish('again');
    expect(await again).toBe('again');
  });

  it('goes on while one of its callers is left, and stops with the last', async () => {
    const shared = new SharedWork<string>();
    const { runs, work } = controlledWork();
    const first = new AbortController();
    const second = new AbortController();
    const leaving = shared.run('key', first.signal, work);
    const last = shared.run('key', second.signal, work);
    first.abort();
    await expect(leaving).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(runs[0]?.signal.aborted).toBe(false);
    second.abort();
    await expect(last).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it('stays for who comes before the last one has left', async () => {
    const shared = new SharedWork<string>();
    const { runs, work } = controlledWork();
    const leaver = new AbortController();
    const leaving = shared.run('key', leaver.signal, work);
    leaver.abort();
    const next = shared.run('key', new AbortController().signal, work);
    await expect(leaving).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(runs).toHaveLength(1);
    runs[0]?.finish('shared');
    expect(await next).toBe('shared');
  });

  it('begins anew, after the old one has unwound, for who comes while it is being stopped', async () => {
    const shared = new SharedWork<string>();
    const aborted = Promise.withResolvers<void>();
    const unwound = Promise.withResolvers<string>();
    const leaver = new AbortController();
    const stopped = shared.run('key', leaver.signal, (signal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return unwound.promise;
    });
    leaver.abort();
    await aborted.promise;
    let begun = false;
    const next = shared.run('key', new AbortController().signal, async () => {
      begun = true;
      return 'second';
    });
    await Promise.resolve();
    expect(begun).toBe(false);
    unwound.reject(new Error('stopped'));
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await next).toBe('second');
  });

  it('passes a failure on to everybody', async () => {
    const shared = new SharedWork<string>();
    const fail = (): Promise<string> => Promise.reject(new Error('broken'));
    const { signal } = new AbortController();
    const both = [shared.run('key', signal, fail), shared.run('key', signal, fail)];
    for (const settled of await Promise.allSettled(both)) {
      expect(settled).toMatchObject({ status: 'rejected', reason: new Error('broken') });
    }
  });
});
