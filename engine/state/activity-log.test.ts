import { expect, it } from 'vitest';
import { emptyState } from '../testing/empty-state.ts';
import { aContainer, aDiagnosis } from '../testing/sample-records.ts';
import { ActivityLog, type NewActivity } from './activity-log.ts';
import { Store } from './store.ts';

function event(action: string): NewActivity {
  return {
    kind: 'docker',
    vm: 'service',
    at: 1,
    type: 'container',
    action,
    subject: 'a',
    name: 'a',
    note: '',
  };
}

it('tells what is remembered, then what happens, and ends with its signal', async () => {
  const log = new ActivityLog();
  log.add(event('create'));
  const stop = new AbortController();
  const batches = log.watch(stop.signal);
  const actions = async (): Promise<string[]> => {
    const { value } = await batches.next();
    return (value ?? []).map((entry) => (entry.kind === 'docker' ? entry.action : entry.kind));
  };
  expect(await actions()).toEqual(['create']);
  log.add(event('start'));
  log.add(event('die'));
  expect(await actions()).toEqual(['start', 'die']);
  const next = batches.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

it('remembers the newest only', async () => {
  const log = new ActivityLog();
  for (let count = 0; count < 3_000; count += 1) log.add(event(String(count)));
  const batches = log.watch(new AbortController().signal);
  const { value } = await batches.next();
  expect(value).toHaveLength(1_000);
  expect(value?.at(-1)).toMatchObject({ id: 3_000, action: '2999' });
  await batches.return();
});

it("notes the doctor's verdicts, each once", async () => {
  const log = new ActivityLog();
  const store = new Store(emptyState());
  const stop = new AbortController();
  log.followVerdicts(store, stop.signal);
  const commit = (rule: string | null, at = 5): void => {
    const diagnosis = rule === null ? null : aDiagnosis({ rule, at, title: `title of ${rule}` });
    store.commit({ in: 'containers', key: 'web', value: aContainer({ diagnosis }) });
  };
  commit(null);
  commit('no-handler');
  commit('no-handler', 9);
  commit('guest-sigsegv');
  commit(null);
  commit('no-handler');
  stop.abort();
  commit('chrome');
  const batches = log.watch(new AbortController().signal);
  const { value } = await batches.next();
  expect(value?.map((entry) => entry.kind === 'doctor' && entry.rule)).toEqual([
    'no-handler',
    'guest-sigsegv',
    'no-handler',
  ]);
  expect(value?.[0]).toMatchObject({ subject: 'web', name: 'web', at: 5, title: 'title of no-handler' });
  await batches.return();
});
