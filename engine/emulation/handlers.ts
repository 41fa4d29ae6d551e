import type { Arch } from '../../contract/arch.ts';
import type { HandlerUse, Price } from '../../contract/emulation.ts';
import type { ProcessSample } from '../../contract/process-tree.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Paths } from '../paths.ts';
import type { Jobs } from '../state/jobs.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import { archRow, isHostArch } from './arch-table.ts';
import type { BinfmtEntry } from './binfmt-entry.ts';
import { defaultGuardIntervalMs } from './drift-guard.ts';
import { handlerUse } from './handler-use.ts';
import type { RunContainer } from './self-test/docker-step.ts';
import { Prices } from './self-test/prices.ts';
import { SuiteVersions } from './suite-versions.ts';
import { VmHandlers } from './vm-handlers.ts';
import { WantedEmulators } from './wanted-emulators.ts';

export interface HandlersOptions {
  readonly store: Store;
  readonly paths: Paths;
  readonly packages: PackageFiles;
  readonly jobs: Jobs;
  readonly log: Log;
  /** Every process of a VM, now. Throws `wrong_state` when the VM is away. */
  readonly processesOf: (vm: string) => Promise<ProcessSample>;
  /** Between looks of the guard in each guest; null: none is guarded. Default 6 s. */
  readonly guardIntervalMs?: number | null;
}

/** Every VM's handlers: what is wanted, what is there, and the way from one to the other. */
export class Handlers {
  readonly #options: HandlersOptions;
  readonly #vms = new Map<string, VmHandlers>();
  readonly #versions: SuiteVersions;

  constructor(options: HandlersOptions) {
    this.#options = options;
    this.#versions = new SuiteVersions(options.packages, options.log);
  }

  /** Once for each VM, when the engine learns of it: reads what is wanted there and publishes the records. */
  async load(vm: { name: string; arch: Arch }): Promise<void> {
    // A VM of another architecture is itself emulated and runs only that one.
    if (!isHostArch(vm.arch) || this.#vms.has(vm.name)) return;
    const { paths, log } = this.#options;
    const wanted = new WantedEmulators(paths.vm(vm.name).emulators, log);
    const prices = new Prices(paths.vm(vm.name).prices, log);
    await Promise.all([wanted.load(), prices.load()]);
    const handlers = new VmHandlers({
      ...this.#options,
      vm: { name: vm.name, arch: vm.arch },
      wanted,
      prices,
      versions: this.#versions,
      guardIntervalMs:
        this.#options.guardIntervalMs === undefined ? defaultGuardIntervalMs : this.#options.guardIntervalMs,
    });
    this.#vms.set(vm.name, handlers);
    handlers.publish();
  }

  /**
   * After each connect: puts back whatever is wanted. Resolves when all of it is proved or has failed, with a line
   * for each failure; rejects only when the guest cannot be asked. Guards it until the link goes. `bootedAt`: when
   * the guest was started, epoch milliseconds.
   */
  async attach(vm: { name: string; arch: Arch }, link: GuestLink, bootedAt: number): Promise<string[]> {
    await this.load(vm);
    return (await this.#vms.get(vm.name)?.attach(link, bootedAt)) ?? [];
  }

  /** Docker answers in the VM, until the link goes: the self-tests' last steps and the prices follow. */
  dockerReady(vm: string, link: GuestLink, runContainer: RunContainer): void {
    this.#vms.get(vm)?.dockerReady(link, runContainer);
  }

  /** Measures what an architecture costs that is switched on; some seconds. */
  async measurePrice(vm: string, arch: Arch): Promise<Price> {
    return this.#of(vm).measurePrice(arch);
  }

  /** Looks again first where the VM runs, and puts back what something else changed. */
  async list(vm: string): Promise<Handler[]> {
    const handlers = this.#of(vm);
    await handlers.look();
    return handlers.list();
  }

  /** Somebody has read the VM's entries anyway: what something else changed is put back in the background. */
  entriesSeen(vm: string, entries: readonly BinfmtEntry[]): void {
    this.#vms.get(vm)?.entriesSeen(entries);
  }

  /** Resolves when registered, read back and proved; `cancelled` when the same architecture was switched off meanwhile. */
  async on(vm: string, arch: Arch): Promise<Handler> {
    return this.#of(vm).on(arch);
  }

  /** Resolves when our entry is gone. Programs running under it go on. */
  async off(vm: string, arch: Arch): Promise<Handler> {
    return this.#of(vm).off(arch);
  }

  async test(vm: string, arch: Arch): Promise<SelfTest> {
    return this.#of(vm).test(arch);
  }

  /** Every foreign architecture of the VM; failures stay on their own records. */
  async all(vm: string, to: 'on' | 'off'): Promise<Handler[]> {
    return this.#of(vm).all(to);
  }

  /** Registers another version and proves it; otherwise the one before is put back, and the error says so. */
  async choose(vm: string, arch: Arch, version: string): Promise<Handler> {
    return this.#of(vm).choose(arch, version);
  }

  /** What runs under the handler now, and what switching it off means for that. */
  async use(vm: string, arch: Arch): Promise<HandlerUse> {
    this.#of(vm);
    const { processesOf, store } = this.#options;
    const sample = await processesOf(vm);
    return handlerUse(archRow(arch), sample, (id) => store.state.containers[id]?.name ?? id.slice(0, 12));
  }

  #of(vm: string): VmHandlers {
    const handlers = this.#vms.get(vm);
    if (handlers) return handlers;
    throw new EngineError({
      code: 'unknown_vm',
      message: `There is no VM "${vm}".`,
      hint: `VMs: ${[...this.#vms.keys()].join(', ') || 'none yet'}.`,
    });
  }
}

export function createHandlers(options: HandlersOptions): Handlers {
  return new Handlers(options);
}
