import { expect, test } from 'vitest';
import { applyChanges, type State, type StateUpdate } from '../../contract/state.ts';
import { emptyState } from '../testing/empty-state.ts';
import { Store } from './store.ts';

const job = {
  id: 'a',
  kind: 'compose-image',
  title: 'test',
  state: 'running',
  phase: 'starting',
  progress: null,
  startedAt: 1,
  finishedAt: null,
  error: null,
} as const;

test('a watcher that applies what it is told has the state of the store', async () => {
  const store = new Store(emptyState());
  const stop = new AbortController();
  const updates = store.watch(stop.signal);
  let seen: State | undefined;
  let clock = -1;
  const apply = (update: StateUpdate | undefined): void => {
    if (update?.type === 'snapshot') seen = update.state;
    else if (update && seen) {
      expect(update.clock).toBe(clock + 1);
      seen = applyChanges(seen, update.changes);
    }
    clock = update?.clock ?? clock;
  };
  apply((await updates.next()).value ?? undefined);
  store.commit({ in: 'jobs', key: 'a', value: job });
  store.commit({ in: 'jobs', key: 'b', value: { ...job, id: 'b' } }, { in: 'jobs', key: 'a', value: null });
  apply((await updates.next()).value ?? undefined);
  apply((await updates.next()).value ?? undefined);
  expect(seen).toEqual(store.state);
  expect(Object.keys(store.state.jobs)).toEqual(['b']);
  stop.abort();
});

test('collections which did not change keep their identity', () => {
  const store = new Store(emptyState());
  const before = store.state;
  store.commit({ in: 'jobs', key: 'a', value: job });
  expect(store.state.vms).toBe(before.vms);
  expect(store.state.jobs).not.toBe(before.jobs);
  expect(before.jobs).toEqual({});
});
