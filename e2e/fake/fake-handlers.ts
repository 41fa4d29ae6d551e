import type { Arch } from '../../contract/arch.ts';
import type { EmulatorChoice, HandlerUse, Price } from '../../contract/emulation.ts';
import type { Process } from '../../contract/process-tree.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeProcedure, FakeScript } from './fake-script.ts';
import { handlerRecord, priceRecord, selfTestRecord } from './records.ts';

export interface FakeHandlersOptions {
  readonly store: Store;
  readonly script: FakeScript;
  /** What a container runs; null: what runs outside of containers. */
  readonly processesOf: (container: string | null) => readonly Process[];
}

/** The fake engine's emulation: what is asked happens, through the states the real engine goes through. */
export class FakeHandlers {
  readonly #options: FakeHandlersOptions;

  constructor(options: FakeHandlersOptions) {
    this.#options = options;
  }

  list(vm: string): Handler[] {
    return Object.values(this.#options.store.state.handlers).filter((handler) => handler.vm === vm);
  }

  async on(vm: string, arch: Arch): Promise<Handler> {
    this.#become(vm, arch, 'switching-on', { activity: 'downloading 4.2 of 6.0 MB' });
    return await this.#finish('switchOn', vm, arch, () =>
      this.#become(vm, arch, 'on', { lastTest: proof() }),
    );
  }

  async off(vm: string, arch: Arch): Promise<Handler> {
    this.#become(vm, arch, 'switching-off', { activity: 'removing the entry' });
    return await this.#finish('switchOff', vm, arch, () => this.#become(vm, arch, 'off'));
  }

  async all(vm: string, to: 'on' | 'off'): Promise<Handler[]> {
    const foreign = this.list(vm).filter((handler) => handler.state !== 'native' && handler.state !== to);
    for (const { arch } of foreign) this.#become(vm, arch, to === 'on' ? 'switching-on' : 'switching-off');
    await this.#options.script.carryOut('switchAll', vm, to);
    for (const { arch } of foreign) {
      this.#become(vm, arch, to, to === 'on' ? { lastTest: proof() } : {});
    }
    return this.list(vm);
  }

  async test(vm: string, arch: Arch): Promise<SelfTest> {
    await this.#options.script.carryOut('testHandler', vm, arch);
    const lastTest = proof();
    this.#become(vm, arch, 'on', { lastTest });
    return lastTest;
  }

  /** Of the containers which the state shows as running that architecture. */
  async use(vm: string, arch: Arch): Promise<HandlerUse> {
    await this.#options.script.carryOut('handlerUse', vm, arch);
    const containers = Object.values(this.#options.store.state.containers)
      .filter((container) => container.vm === vm && container.arch === arch && container.state === 'running')
      .map(({ id, name }) => ({
        id,
        name,
        processes: this.#emulated(id, arch),
        emulatorVersions: [this.#record(vm, arch).emulatorVersion ?? ''],
      }));
    const { emulator } = this.#record(vm, arch);
    const consequences = [
      `The programs of ${containers.length === 1 ? '1 container' : `${containers.length} containers`} go on under ${emulator} until they end.`,
      'Whatever they start next fails with "exec format error": commands in shell scripts, "docker exec", health checks.',
      `${arch} containers and build steps do not start any more: "exec format error".`,
    ];
    const others = this.#emulated(null, arch);
    return {
      at: Date.now(),
      containers,
      others,
      consequences: containers.length + others.length > 0 ? consequences : [],
    };
  }

  #emulated(container: string | null, arch: Arch): HandlerUse['others'] {
    return this.#options
      .processesOf(container)
      .filter((process) => process.execution === 'emulated' && process.arch === arch)
      .map(({ pid, argv }) => ({ pid, argv }));
  }

  /** A failure leaves the version before in place, as the real engine does. */
  async choose(vm: string, arch: Arch, version: string): Promise<Handler> {
    const before = this.#record(vm, arch);
    const chosen = before.choices.find((choice) =>
      version === 'previous' ? choice.previous : choice.version === version || choice.suite === version,
    );
    this.#commit({ ...before, activity: 'downloading 11.5 of 16.1 MB' });
    try {
      await this.#options.script.carryOut('chooseEmulator', vm, arch, version);
    } catch (thrown) {
      this.#commit({ ...before, error: thrown instanceof EngineError ? thrown.toWire() : null });
      throw thrown;
    }
    return this.#become(vm, arch, 'on', {
      lastTest: selfTestRecord({ at: Date.now(), ms: 96, cause: 'change' }),
      emulatorVersion: chosen?.version ?? null,
      choices: before.choices.map((choice) => ({
        ...choice,
        ready: choice.ready || choice === chosen,
        previous: choice.current,
      })),
    });
  }

  async price(vm: string, arch: Arch): Promise<Price> {
    await this.#options.script.carryOut('measurePrice', vm, arch);
    const price = priceRecord({ at: Date.now(), loopFactor: 3.42 });
    this.#commit({ ...this.#record(vm, arch), price });
    return price;
  }

  async #finish(procedure: FakeProcedure, vm: string, arch: Arch, succeed: () => Handler): Promise<Handler> {
    try {
      await this.#options.script.carryOut(procedure, vm, arch);
    } catch (thrown) {
      const error = thrown instanceof EngineError ? thrown.toWire() : null;
      this.#become(vm, arch, 'failed', { error });
      throw thrown;
    }
    return succeed();
  }

  /** A fresh record in `state`, with what outlives a switch. */
  #become(vm: string, arch: Arch, state: Handler['state'], change: Partial<Handler> = {}): Handler {
    const { choices, price } = this.#record(vm, arch);
    const fresh = handlerRecord(arch, state, { vm, choices, price, ...change });
    const record = { ...fresh, choices: fresh.choices.map((choice) => runsNow(choice, fresh)) };
    this.#commit(record);
    return record;
  }

  #record(vm: string, arch: Arch): Handler {
    return this.#options.store.state.handlers[handlerKey(vm, arch)] ?? handlerRecord(arch, 'unknown', { vm });
  }

  #commit(value: Handler): void {
    this.#options.store.commit({ in: 'handlers', key: handlerKey(value.vm, value.arch), value });
  }
}

/** Nothing is in use of what is off. */
const runsNow = (choice: EmulatorChoice, { emulatorVersion }: Handler): EmulatorChoice => ({
  ...choice,
  current: emulatorVersion !== null && choice.version === emulatorVersion,
});

const proof = (): SelfTest => selfTestRecord({ at: Date.now(), ms: 96, cause: 'request' });
