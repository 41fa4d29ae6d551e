import type { Vm } from '../../contract/records.ts';
import type { Store } from '../state/store.ts';
import type { VmChange } from './vm-change.ts';

/** One VM's record in the store, of which its state machine writes some fields and others write theirs. */
export class StoredVm {
  readonly #store: Store;
  readonly #name: string;

  constructor(store: Store, name: string) {
    this.#store = store;
    this.#name = name;
  }

  /** As it is now: read anew each time. */
  get record(): Vm {
    const record = this.#store.state.vms[this.#name];
    if (!record) throw new Error(`VM ${this.#name} is not in the store`);
    return record;
  }

  commit(change: VmChange): void {
    const { record } = this;
    const { sshPort, ...fields } = change;
    const endpoints = {
      ...record.endpoints,
      ...(sshPort === undefined ? {} : { sshPort }),
      ...(sshPort === null ? { dockerReady: false } : {}),
    };
    this.#store.commit({ in: 'vms', key: this.#name, value: { ...record, ...fields, endpoints } });
  }
}
