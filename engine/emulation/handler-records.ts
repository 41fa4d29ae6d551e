import type { Arch, HostArch } from '../../contract/arch.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import type { Store } from '../state/store.ts';
import { type ArchRow, archTable, nativeArches } from './arch-table.ts';
import { emulatorChoices } from './emulator-choices.ts';
import type { Prices } from './self-test/prices.ts';
import type { SuiteVersions } from './suite-versions.ts';
import type { WantedEmulators } from './wanted-emulators.ts';

export interface HandlerRecordsOptions {
  readonly vm: { readonly name: string; readonly arch: HostArch };
  readonly store: Store;
  readonly wanted: WantedEmulators;
  readonly versions: SuiteVersions;
  readonly prices: Prices;
}

/** The records of one VM's handlers in the state that clients see, one for each architecture. */
export class HandlerRecords {
  readonly #options: HandlerRecordsOptions;

  constructor(options: HandlerRecordsOptions) {
    this.#options = options;
  }

  /** Makes them, before anything is known about the guest. */
  publish(): void {
    const { vm, store, wanted, prices } = this.#options;
    store.commit(
      ...archTable.map((row) => ({
        in: 'handlers' as const,
        key: handlerKey(vm.name, row.arch),
        value: {
          vm: vm.name,
          arch: row.arch,
          state: this.isForeign(row) ? ('unknown' as const) : ('native' as const),
          wanted: wanted.get(row.arch).wanted,
          activity: null,
          emulator: row.emulator,
          emulatorVersion: wanted.get(row.arch).emulator?.version ?? null,
          flags: null,
          switchedOnMs: null,
          lastTest: null,
          lastProvedAt: null,
          choices: this.#choices(row, 'unknown'),
          runningUnderOthers: 0,
          drift: null,
          price: prices.get(row.arch, wanted.get(row.arch).emulator?.version ?? null),
          error: null,
        },
      })),
    );
  }

  list(): Handler[] {
    return archTable.map((row) => this.get(row.arch));
  }

  get(arch: Arch): Handler {
    const { store, vm } = this.#options;
    const record = store.state.handlers[handlerKey(vm.name, arch)];
    if (!record) throw new TypeError(`no handler record ${vm.name}/${arch}: publish() comes first`);
    return record;
  }

  /** Changes one, with what follows from it: the choices, the price, and the moment of the last proof. */
  commit(row: ArchRow, change: Partial<Handler>): void {
    const { store, vm, prices } = this.#options;
    const before = this.get(row.arch);
    const changed = { ...before, ...change };
    const value: Handler = {
      ...changed,
      choices: this.#choices(row, changed.state),
      price: prices.get(row.arch, changed.emulatorVersion),
      lastProvedAt: provedAt(change.lastTest) ?? before.lastProvedAt,
    };
    store.commit({ in: 'handlers', key: handlerKey(vm.name, row.arch), value });
  }

  /** Tells the choices anew, after suites were asked. */
  refreshChoices(): void {
    for (const row of this.foreign()) this.commit(row, {});
  }

  /** The rows which the VM's processor does not run for certain. */
  foreign(): readonly ArchRow[] {
    return archTable.filter((row) => this.isForeign(row));
  }

  isForeign(row: ArchRow): boolean {
    return !nativeArches(this.#options.vm.arch).includes(row.arch);
  }

  #choices(row: ArchRow, state: Handler['state']): Handler['choices'] {
    if (!this.isForeign(row) || state === 'native') return [];
    const { wanted, versions, vm } = this.#options;
    return emulatorChoices(row, wanted.get(row.arch), versions.of(vm.arch), state === 'on');
  }
}

function provedAt(test: SelfTest | null | undefined): number | null {
  return test?.ok ? test.at : null;
}
