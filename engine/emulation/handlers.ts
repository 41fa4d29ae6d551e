import type { Arch } from '../../contract/arch.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import type { Paths } from '../paths.ts';
import type { Jobs } from '../state/jobs.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import { isHostArch } from './arch-table.ts';
import type { BinfmtEntry } from './binfmt-entry.ts';
import { VmHandlers } from './vm-handlers.ts';
import { WantedEmulators } from './wanted-emulators.ts';

export interface HandlersOptions {
  readonly store: Store;
  readonly paths: Paths;
  readonly packages: PackageFiles;
  readonly jobs: Jobs;
  readonly log: Log;
}

/** Every VM's handlers: what is wanted, what is there, and the way from one to the other. */
export class Handlers {
  readonly #options: HandlersOptions;
  readonly #vms = new Map<string, VmHandlers>();
  readonly #reconciling = new OnceAtATime();

  constructor(options: HandlersOptions) {
    this.#options = options;
  }

  /** Once for each VM, when the engine learns of it: reads what is wanted there and publishes the records. */
  async load(vm: { name: string; arch: Arch }): Promise<void> {
    // A VM of another architecture is itself emulated and runs only that one.
    if (!isHostArch(vm.arch) || this.#vms.has(vm.name)) return;
    const { paths, log } = this.#options;
    const wanted = new WantedEmulators(paths.vm(vm.name).emulators, log);
    await wanted.load();
    const handlers = new VmHandlers({ ...this.#options, vm: { name: vm.name, arch: vm.arch }, wanted });
    this.#vms.set(vm.name, handlers);
    handlers.publish();
  }

  /**
   * After each connect: puts back whatever is wanted. Resolves when all of it is proved or has failed, with a line
   * for each failure; rejects only when the guest cannot be asked. Ends by itself with the link.
   */
  async attach(vm: { name: string; arch: Arch }, link: GuestLink): Promise<string[]> {
    await this.load(vm);
    return (await this.#vms.get(vm.name)?.attach(link)) ?? [];
  }

  /** Looks again first where the VM runs, and heals what something else changed. */
  async list(vm: string): Promise<Handler[]> {
    const handlers = this.#of(vm);
    await this.#reconcile(vm, handlers);
    return handlers.list();
  }

  /** Somebody has read the VM's entries anyway: heals what something else changed, in the background. */
  entriesSeen(vm: string, entries: readonly BinfmtEntry[]): void {
    const handlers = this.#vms.get(vm);
    if (!handlers?.differsFrom(entries)) return;
    this.#reconcile(vm, handlers).catch((thrown: unknown) => {
      this.#options.log.warn({ vm, err: thrown }, 'changed handlers could not be put back');
    });
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

  #reconcile(vm: string, handlers: VmHandlers): Promise<void> {
    return this.#reconciling.run(vm, () => handlers.reconcile());
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
