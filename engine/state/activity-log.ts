import type { ActivityEntry } from '../../contract/activity.ts';
import { Publisher } from '../base/publisher.ts';
import { sleep } from '../base/time.ts';
import type { Store } from './store.ts';

/** About a day of a busy person's; a window draws no more than it shows of them. */
const keptEntries = 1_000;

/** People cannot read faster, and a storm of events makes few batches. */
const batchIntervalMs = 200;

/** An entry before it has its number. */
export type NewActivity = WithoutId<ActivityEntry>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The newest of what happened, in every VM; it is not kept when the engine ends. */
export class ActivityLog {
  #entries: ActivityEntry[] = [];
  #lastId = 0;
  /** Numbers of new entries. */
  readonly #added = new Publisher<number>();

  add(entry: NewActivity): void {
    this.#lastId += 1;
    this.#entries.push({ ...entry, id: this.#lastId });
    // By a tenth at once: moving the rest is what costs.
    if (this.#entries.length > keptEntries * 1.1) this.#entries = this.#entries.slice(-keptEntries);
    this.#added.publish(this.#lastId);
  }

  /** Everything that is remembered, then what happens, oldest first, in batches, until `signal` aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<ActivityEntry[], void, undefined> {
    const added = this.#added.subscribe(signal);
    let told = this.#lastId;
    yield this.#entries.slice(-keptEntries);
    for await (const id of added) {
      // Told with an earlier one already.
      if (id <= told) continue;
      const news = this.#entries.filter((entry) => entry.id > told);
      told = this.#lastId;
      yield news;
      await sleep(batchIntervalMs, signal).catch(() => undefined);
    }
  }

  /** Notes every verdict of the doctor's that is another one than its container had, until `signal` aborts. */
  followVerdicts(store: Store, signal: AbortSignal): void {
    const rules = new Map<string, string>();
    const stop = store.listen((changes) => {
      for (const change of changes) {
        if (change.in !== 'containers') continue;
        const { key, value } = change;
        const verdict = value?.diagnosis;
        if (!verdict) {
          rules.delete(key);
          continue;
        }
        const { at, rule, title } = verdict;
        if (rules.get(key) === rule) continue;
        rules.set(key, rule);
        this.add({ kind: 'doctor', vm: value.vm, at, subject: key, name: value.name, rule, title });
      }
    });
    signal.addEventListener('abort', stop, { once: true });
  }
}
