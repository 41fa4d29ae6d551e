import type { Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';
import { pause } from './pause.ts';
import { bootRecord, figuresRecord, savedStateRecord } from './records.ts';

/** VMs that come up, go away and tell their figures at once, unless the script says otherwise. */
export class FakeVms {
  /** How often the figures are measured, milliseconds. */
  measureEveryMs = 100;
  /** How many streams of figures are being read. */
  figuresWatchers = 0;
  /** Called before each sample, to set what it says. */
  beforeSample: () => void = () => undefined;
  /** What the next sample says. */
  figuresNow: Omit<VmFigures, 'at'> = figuresRecord();
  /** What a reclaim comes to. */
  reclaimed: Reclaimed = { beforeBytes: 4_100_000_000, afterBytes: 3_668_000_000 };
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  change(name: string, change: Partial<Vm>): Vm {
    const value = { ...this.#vm(name), ...change };
    this.#store.commit({ in: 'vms', key: name, value });
    return value;
  }

  async start({ vm: name, discardState }: { vm: string; discardState: boolean }): Promise<Vm> {
    const { savedState } = this.#vm(name);
    if (savedState?.problem && !discardState) {
      await this.#script.carryOut('startVm', name);
      throw new EngineError(savedState.problem);
    }
    this.change(name, { state: 'starting', error: null, boot: bootRecord('qemu', Date.now()) });
    await this.#script.carryOut('startVm', name, ...(discardState ? ['discarding the state'] : []));
    const { endpoints } = this.#vm(name);
    const vm = this.change(name, {
      state: 'running',
      savedState: null,
      boot: bootRecord('emulators', Date.now()),
      endpoints: { ...endpoints, dockerReady: true },
    });
    // Containers of a resumed VM go on; those of one that booted without its memory have ended.
    this.#setContainers(discardState ? { state: 'exited', stale: false } : { stale: false });
    return vm;
  }

  async stop(name: string, by: StopBy = this.#store.state.settings.stopBy): Promise<Vm> {
    const { state, endpoints } = this.#vm(name);
    const suspends = by === 'suspend' && (state === 'running' || state === 'degraded');
    this.change(name, { state: suspends ? 'suspending' : 'stopping' });
    try {
      await this.#script.carryOut('stopVm', name, by);
    } catch (thrown) {
      this.change(name, { state });
      throw thrown;
    }
    this.#setContainers({ stale: true });
    return this.change(name, {
      state: suspends ? 'suspended' : 'stopped',
      savedState: suspends ? savedStateRecord({ savedAt: Date.now() }) : null,
      endpoints: { ...endpoints, dockerReady: false },
    });
  }

  async restart(name: string): Promise<Vm> {
    await this.#script.carryOut('restartVm', name);
    return this.#vm(name);
  }

  async discardState(name: string): Promise<Vm> {
    await this.#script.carryOut('discardState', name);
    return this.change(name, { state: 'stopped', savedState: null });
  }

  async figures(): Promise<VmFigures> {
    await this.#script.play('watchFigures');
    this.beforeSample();
    return { ...this.figuresNow, at: Date.now() };
  }

  async *watchFigures(signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    this.figuresWatchers += 1;
    try {
      yield { ...(await this.figures()), cpuShare: null };
      while (!signal.aborted) {
        await pause(this.measureEveryMs, signal);
        yield await this.figures();
      }
    } finally {
      this.figuresWatchers -= 1;
    }
  }

  async reclaimDisk(name: string): Promise<Reclaimed> {
    await this.#script.carryOut('reclaimDisk', name);
    const { disk } = this.figuresNow;
    this.figuresNow = { ...this.figuresNow, disk: { ...disk, hostBytes: this.reclaimed.afterBytes } };
    return this.reclaimed;
  }

  async growDisk(name: string, diskGiB: number): Promise<Vm> {
    await this.#script.carryOut('growDisk', name, String(diskGiB));
    this.#store.commit({ in: 'settings', value: { ...this.#store.state.settings, diskGiB } });
    return this.change(name, { diskBytes: diskGiB * 1024 ** 3 });
  }

  #setContainers(change: { state?: 'exited'; stale: boolean }): void {
    for (const container of Object.values(this.#store.state.containers)) {
      const { state = container.state, stale } = change;
      const ends = container.state === 'running' ? state : container.state;
      this.#store.commit({
        in: 'containers',
        key: container.id,
        value: { ...container, state: ends, stale },
      });
    }
  }

  #vm(name: string): Vm {
    const vm = this.#store.state.vms[name];
    if (!vm) throw new EngineError({ code: 'unknown_vm', message: `There is no VM "${name}".` });
    return vm;
  }
}
