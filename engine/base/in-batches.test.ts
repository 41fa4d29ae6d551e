import { expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

async function* gives(...values: (number | Error | Promise<void>)[]): AsyncGenerator<number> {
  for (const value of values) {
    if (value instanceof Error) throw value;
    if (typeof value === 'number') yield value;
    else await value;
  }
}

it('collects what comes together, and ends with its source', async () => {
  expect(await Array.fromAsync(inBatches(gives(1, 2, 3), 60_000))).toEqual([[1, 2, 3]]);
  expect(await Array.fromAsync(inBatches(gives(), 60_000))).toEqual([]);
});

it('does not wait for what does not come', async () => {
  const gate = Promise.withResolvers<void>();
  const batches = inBatches(gives(1, gate.promise, 2), 1);
  expect((await batches.next()).value).toEqual([1]);
  gate.resolve();
  expect((await batches.next()).value).toEqual([2]);
  expect((await batches.next()).done).toBe(true);
});

it('tells what came before a failure, then fails', async () => {
  const batches = inBatches(gives(1, new Error('broke off')), 60_000);
  expect((await batches.next()).value).toEqual([1]);
  await expect(batches.next()).rejects.toThrow('broke off');
});
