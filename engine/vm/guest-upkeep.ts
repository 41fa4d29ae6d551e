import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import { Connected } from '../base/connected.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Jobs } from '../state/jobs.ts';
import { DiskSpace } from './disk-space.ts';
import { Figures } from './figures.ts';
import { returnIdleMemory } from './idle-memory.ts';
import type { GuestLink, GuestServices, Machine } from './ports.ts';

export interface GuestUpkeepOptions {
  /** What runs in connected guests besides. */
  readonly services: GuestServices;
  readonly jobs: Jobs;
  readonly log: Log;
  readonly dataDiskPath: (vm: string) => string;
}

/** A guest that can be reached, and the QEMU it runs in. */
export interface RunningGuest {
  readonly signal: AbortSignal;
  readonly link: GuestLink;
  readonly machine: Machine;
}

/** Guests' use of the host: shown, and given back. */
export class GuestUpkeep implements GuestServices {
  readonly disks: DiskSpace;
  readonly #options: GuestUpkeepOptions;
  readonly #figures = new Figures();
  readonly #guests = new Connected<RunningGuest>();

  constructor(options: GuestUpkeepOptions) {
    this.#options = options;
    this.disks = new DiskSpace(options);
  }

  async attach(options: Parameters<GuestServices['attach']>[0]): Promise<void> {
    const { link, machine, scope, vm } = options;
    const { dataDiskPath, log, services } = this.#options;
    const path = dataDiskPath(vm.name);
    const signal = AbortSignal.any([scope.signal, link.signal]);
    this.#guests.add(vm.name, { signal, link, machine });
    this.#figures.attach(vm.name, { signal, link, pid: machine.pid, dataDiskPath: path });
    this.disks.attach(vm.name, { signal, link, path });
    await services.attach(options);
    // Its boot is no growth.
    const returning = returnIdleMemory({ link, pid: machine.pid, log: log.child({ vm: vm.name }), signal });
    scope.defer(() => returning);
  }

  /** Undefined while the VM cannot be reached, or stands still. */
  running(vm: string): RunningGuest | undefined {
    const guest = this.#guests.get(vm);
    return guest?.machine.pause ? undefined : guest;
  }

  connected(vm: string): boolean {
    return this.#guests.get(vm) !== undefined;
  }

  /** Throws `wrong_state` while the VM is away or stands still. */
  async reclaim(vm: string, signal: AbortSignal): Promise<Reclaimed> {
    if (this.#guests.get(vm)?.machine.pause) {
      throw new EngineError({
        code: 'wrong_state',
        message: `VM "${vm}" stands still, so its guest cannot say which blocks of its disk are free.`,
        hint: `Let it run on first: foredeck start --vm ${vm}`,
      });
    }
    return await this.disks.reclaim(vm, signal);
  }

  /** Throws `wrong_state` while the VM is away. */
  async sample(vm: string): Promise<VmFigures> {
    return await this.#figures.sample(vm);
  }

  watch(vm: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    return this.#figures.watch(vm, signal);
  }
}
