import type { Settings, Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import { watchForWake } from '../base/watch-for-wake.ts';
import type { HostInfo } from '../host-info.ts';
import { dockerContextName, type Paths, serviceVmName } from '../paths.ts';
import type { Jobs } from '../state/jobs.ts';
import type { Store } from '../state/store.ts';
import { emptyStages } from './boot-timeline.ts';
import { diskFile } from './disk-file.ts';
import { growDisk } from './grow-disk.ts';
import { GuestUpkeep } from './guest-upkeep.ts';
import { flushGuest, wakeGuest } from './host-power.ts';
import type {
  GuestConnector,
  GuestImages,
  GuestLink,
  GuestSecrets,
  GuestServices,
  Hypervisor,
  VmRecord,
} from './ports.ts';
import { VmFolder } from './vm-folder.ts';
import { VmRunner } from './vm-runner.ts';
import { vmSize } from './vm-size.ts';

export interface VmsOptions {
  readonly paths: Paths;
  readonly store: Store;
  readonly log: Log;
  readonly host: Pick<HostInfo, 'arch' | 'cores' | 'memoryBytes'>;
  readonly settings: () => Settings;
  readonly hypervisor: Hypervisor;
  readonly images: GuestImages;
  readonly connector: GuestConnector;
  readonly services: GuestServices;
  readonly secrets: GuestSecrets;
  readonly jobs: Jobs;
  /** Keeps the size which the service VM's disk has grown to as the setting. */
  readonly keepDiskSize: (diskGiB: number) => Promise<void>;
}

/**
 * Beyond what a busy machine is late by. Not every host tells when it sleeps, and a clock that is looked at in vain costs
 * a guest one small program.
 */
const wokeMs = 4_000;

/** All VMs of a home. `load` comes first; every other method throws `unknown_vm` for a name it does not have. */
export class Vms {
  readonly #options: VmsOptions;
  readonly #runners = new Map<string, VmRunner>();
  readonly #records = new Map<string, VmRecord>();
  readonly #upkeep: GuestUpkeep;
  readonly #waking = new OnceAtATime();

  constructor(options: VmsOptions) {
    this.#options = options;
    this.#upkeep = new GuestUpkeep({ ...options, dataDiskPath: (vm) => options.paths.vm(vm).dataDisk });
  }

  /** Reads the VMs' folders, makes the service VM's record when there is none, and tells the store about them. */
  async load(): Promise<void> {
    const { host, paths, settings, store, images } = this.#options;
    const folder = new VmFolder(paths.vm(serviceVmName));
    const vm = await folder.record({
      name: serviceVmName,
      kind: 'service',
      arch: host.arch,
      diskGiB: settings().diskGiB,
    });
    const image = await images.find(host.arch);
    const value: Vm = { ...this.#resting(vm, folder), state: image ? 'stopped' : 'absent' };
    store.commit({ in: 'vms', key: vm.name, value });
    const runner = this.#runner(vm, folder);
    this.#runners.set(vm.name, runner);
    await runner.look();
  }

  /** Takes over every VM which an earlier engine left running; returns their names. */
  async adoptAll(signal: AbortSignal): Promise<string[]> {
    const adopted: string[] = [];
    for (const runner of this.#runners.values()) {
      if (await runner.adopt(signal)) adopted.push(runner.name);
    }
    return adopted;
  }

  async start(name: string, options?: { discardState: boolean }): Promise<Vm> {
    return await this.#named(name).start(options);
  }

  async stop(name: string, by?: StopBy): Promise<Vm> {
    return await this.#named(name).stop({ by });
  }

  async discardState(name: string): Promise<Vm> {
    return await this.#named(name).discardState();
  }

  /** What a connected VM uses. Throws `wrong_state` while there is no connection to it. */
  async figures(name: string): Promise<VmFigures> {
    return await this.#upkeep.sample(this.#named(name).name);
  }

  async *watchFigures(name: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    yield* this.#upkeep.watch(this.#named(name).name, signal);
  }

  /** Throws `wrong_state` while there is no connection to the VM: only its guest knows what is free. */
  async reclaimDisk(name: string, signal: AbortSignal): Promise<Reclaimed> {
    return await this.#upkeep.reclaim(this.#named(name).name, signal);
  }

  /** Something was removed in the VM: its disk is trimmed soon. */
  diskFreed(name: string): void {
    this.#upkeep.disks.freed(name);
  }

  /** Throws as `growDisk` of grow-disk.ts. */
  async growDisk(name: string, diskGiB: number): Promise<Vm> {
    const { store } = this.#options;
    const vm = store.state.vms[this.#named(name).name];
    if (!vm) throw new Error(`VM ${name} is not in the store`);
    const running = this.#upkeep.running(name);
    await growDisk({ vm, diskGiB, running, remember: () => this.#rememberSize(name, diskGiB) });
    return store.state.vms[name] ?? vm;
  }

  async restart(name: string): Promise<Vm> {
    return await this.#named(name).restart();
  }

  async consoleLines(name: string, count: number): Promise<string[]> {
    return await this.#named(name).consoleLines(count);
  }

  /** The connection into a VM. Throws `wrong_state` while there is none. */
  link(name: string): GuestLink {
    return this.#named(name).link;
  }

  /** Gives a running VM the disk `disks/<disk>.img` of the home, read-only. Throws `bad_input` or `wrong_state`. */
  async plugDisk(name: string, disk: string): Promise<void> {
    const { disks } = this.#named(name);
    await disks.plug({ path: await diskFile(this.#options.paths.disks, disk), serial: disk });
  }

  /** Takes it away again, as soon as the guest lets go of it. */
  async unplugDisk(name: string, disk: string, signal: AbortSignal): Promise<void> {
    await this.#named(name).disks.unplug(disk, signal);
  }

  /** As the setting says; who cannot be suspended, or not within `suspendWithinMs`, is shut down. */
  async stopAll(options: { suspendWithinMs?: number } = {}): Promise<void> {
    await Promise.all(
      [...this.#runners.values()].map(async (runner) => {
        try {
          await runner.stop(options);
        } catch (thrown) {
          this.#options.log.warn({ vm: runner.name, err: thrown }, 'shutting down instead of suspending');
          await runner.stop({ by: 'shut-down' });
        }
      }),
    );
  }

  /** Guests write what they hold to their disks. Never rejects. */
  async hostSleeps(): Promise<void> {
    const names = [...this.#runners.keys()];
    await Promise.all(
      names.map(async (name) => {
        const guest = this.#upkeep.running(name);
        if (guest) await flushGuest(guest.link, this.#options.log.child({ vm: name }));
      }),
    );
  }

  /** Notices that the host slept where nobody tells, until `signal` aborts. */
  watchForWake(signal: AbortSignal): void {
    watchForWake(signal, {
      leastMs: wokeMs,
      onWake: () => {
        this.#options.log.info('the clock jumped: the host slept, or the engine stood still');
        void this.hostWoke();
      },
    });
  }

  /**
   * Sets the clocks of guests that answer and connects to the others, without a pause. Told twice, as by the desktop and
   * by the clock, it is one wake. Never rejects.
   */
  hostWoke(): Promise<void> {
    return this.#waking.run('wake', () => this.#wake());
  }

  async #wake(): Promise<void> {
    await Promise.all(
      [...this.#runners.values()].map(async (runner) => {
        const log = this.#options.log.child({ vm: runner.name });
        const guest = this.#upkeep.running(runner.name);
        if (guest) await wakeGuest(guest.link, log);
        else if (this.#lost(runner.name))
          await runner.start().catch((thrown) => log.info({ err: thrown }, 'not back yet after sleep'));
      }),
    );
  }

  /** Whether its guest runs and cannot be reached. One that stands still does so for a reason, and is left alone. */
  #lost(name: string): boolean {
    return this.#options.store.state.vms[name]?.state === 'degraded' && !this.#upkeep.connected(name);
  }

  /** Lets go of running VMs, which the next engine adopts. */
  async detachAll(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.detach()));
  }

  #named(name: string): VmRunner {
    const runner = this.#runners.get(name);
    if (runner) return runner;
    throw new EngineError({
      code: 'unknown_vm',
      message: `There is no VM "${name}".`,
      hint: `These exist: ${[...this.#runners.keys()].join(', ')}.`,
    });
  }

  async #rememberSize(name: string, diskGiB: number): Promise<void> {
    const { keepDiskSize, paths, store } = this.#options;
    const record = this.#records.get(name);
    if (!record) return;
    this.#records.set(name, await new VmFolder(paths.vm(name)).record({ ...record, diskGiB }));
    const vm = store.state.vms[name];
    if (vm) store.commit({ in: 'vms', key: name, value: { ...vm, diskBytes: diskGiB * 1024 ** 3 } });
    if (record.kind === 'service') await keepDiskSize(diskGiB);
  }

  #runner(vm: VmRecord, folder: VmFolder): VmRunner {
    const { host, settings, ...rest } = this.#options;
    const records = this.#records;
    records.set(vm.name, vm);
    return new VmRunner({
      ...rest,
      // Its disk may have grown since the start before.
      get vm() {
        return records.get(vm.name) ?? vm;
      },
      folder,
      settings,
      services: this.#upkeep,
      size: () => vmSize(settings(), host),
    });
  }

  #resting(vm: VmRecord, folder: VmFolder): Vm {
    const { host, settings } = this.#options;
    const size = vmSize(settings(), host);
    return {
      name: vm.name,
      kind: vm.kind,
      arch: vm.arch,
      state: 'stopped',
      error: null,
      accelerator: null,
      acceleratorTrials: [],
      boot: { startedAt: null, stages: emptyStages() },
      adopted: false,
      pid: null,
      qemuVersion: null,
      imageId: null,
      cpus: size.cpus,
      memoryBytes: size.memoryMiB * 1024 ** 2,
      diskBytes: vm.diskGiB * 1024 ** 3,
      endpoints: {
        dockerSocket: folder.paths.dockerSocket,
        dockerReady: false,
        dockerContext: dockerContextName(vm.name),
        sshPort: null,
      },
      dockerVersion: null,
      kernelVersion: null,
      savedState: null,
    };
  }
}
