import { expect, test } from 'vitest';
import { EngineError } from '../base/engine-error.ts';
import { orAborted } from '../base/time.ts';
import { emptyState } from '../testing/empty-state.ts';
import { Jobs } from './jobs.ts';
import { Store } from './store.ts';

const job = { kind: 'compose-image', title: 'test', signal: new AbortController().signal } as const;

test('tells done, failed and cancelled apart', async () => {
  const store = new Store(emptyState());
  const jobs = new Jobs(store);
  expect(await jobs.run(job, async () => 42)).toBe(42);
  await expect(
    jobs.run(job, async () => {
      throw new EngineError({ code: 'disk_full', message: 'no room' });
    }),
  ).rejects.toThrow('no room');
  const cancelled = jobs.run(job, ({ signal }) => orAborted(new Promise<never>(() => undefined), signal));
  const running = Object.values(store.state.jobs).find((record) => record.state === 'running');
  const [record] = await Promise.all([jobs.cancel(running?.id ?? ''), expect(cancelled).rejects.toThrow()]);
  expect(record.state).toBe('cancelled');
  expect(Object.values(store.state.jobs).map((each) => [each.state, each.error?.code])).toEqual([
    ['done', undefined],
    ['failed', 'disk_full'],
    ['cancelled', undefined],
  ]);
});

test('forgets the oldest finished jobs and never a running one', async () => {
  const store = new Store(emptyState());
  const jobs = new Jobs(store);
  let finish = (): void => undefined;
  const long = jobs.run({ ...job, title: 'long' }, () => new Promise<void>((resolve) => (finish = resolve)));
  for (let n = 0; n < 30; n += 1) await jobs.run(job, async () => undefined);
  const titles = Object.values(store.state.jobs).map((each) => each.title);
  expect(titles).toContain('long');
  expect(titles).toHaveLength(21);
  finish();
  await long;
});

test('an unknown job cannot be cancelled', async () => {
  await expect(new Jobs(new Store(emptyState())).cancel('none')).rejects.toMatchObject({
    code: 'unknown_job',
  });
});
