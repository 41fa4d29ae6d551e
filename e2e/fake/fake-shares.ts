import type { NewShare, Share } from '../../contract/shares.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { SharesApi } from '../../engine/shares-api.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';

/** Shared folders of the fake engine: what is added is mounted where the VM runs. */
export class FakeShares implements SharesApi {
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async list(): Promise<Share[]> {
    return Object.values(this.#store.state.shares);
  }

  async add({ path, readOnly }: NewShare): Promise<Share> {
    await this.#script.carryOut('addShare', path, readOnly ? 'read-only' : 'writable');
    const runs = this.#store.state.vms.service?.state === 'running';
    const value = shareRecord({ path, realPath: path, readOnly, state: runs ? 'mounted' : 'waiting' });
    this.#store.commit({ in: 'shares', key: path, value });
    return value;
  }

  async remove(path: string): Promise<void> {
    await this.#script.carryOut('removeShare', path);
    if (!this.#store.state.shares[path]) {
      throw new EngineError({ code: 'unknown_share', message: `${path} is not shared.` });
    }
    this.#store.commit({ in: 'shares', key: path, value: null });
  }
}

/** A mounted project folder; specs name what matters to them. */
export function shareRecord(change: Partial<Share> = {}): Share {
  return {
    path: '/home/ada/project',
    realPath: '/home/ada/project',
    readOnly: false,
    state: 'mounted',
    problem: null,
    addedAt: Date.now() - 86_400_000,
    ...change,
  };
}
