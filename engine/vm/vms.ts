import type { Settings, Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { HostInfo } from '../host-info.ts';
import { dockerContextName, type Paths, serviceVmName } from '../paths.ts';
import type { Store } from '../state/store.ts';
import { emptyStages } from './boot-timeline.ts';
import { diskFile } from './disk-file.ts';
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
}

/** All VMs of a home. `load` comes first; every other method throws `unknown_vm` for a name it does not have. */
export class Vms {
  readonly #options: VmsOptions;
  readonly #runners = new Map<string, VmRunner>();

  constructor(options: VmsOptions) {
    this.#options = options;
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
    this.#runners.set(vm.name, this.#runner(vm, folder));
  }

  /** Takes over every VM which an earlier engine left running; returns their names. */
  async adoptAll(signal: AbortSignal): Promise<string[]> {
    const adopted: string[] = [];
    for (const runner of this.#runners.values()) {
      if (await runner.adopt(signal)) adopted.push(runner.name);
    }
    return adopted;
  }

  async start(name: string, _options?: { discardState: boolean }): Promise<Vm> {
    return await this.#named(name).start();
  }

  async stop(name: string, _by?: StopBy): Promise<Vm> {
    return await this.#named(name).stop();
  }

  async discardState(name: string): Promise<Vm> {
    throw new Error(`wired next: ${name}`);
  }

  async figures(name: string): Promise<VmFigures> {
    throw new Error(`wired next: ${name}`);
  }

  // biome-ignore lint/correctness/useYield: wired next
  async *watchFigures(name: string, _signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    throw new Error(`wired next: ${name}`);
  }

  async reclaimDisk(name: string): Promise<Reclaimed> {
    throw new Error(`wired next: ${name}`);
  }

  async growDisk(name: string, _diskGiB: number): Promise<Vm> {
    throw new Error(`wired next: ${name}`);
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

  async stopAll(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
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

  #runner(vm: VmRecord, folder: VmFolder): VmRunner {
    const { host, settings, ...rest } = this.#options;
    return new VmRunner({ ...rest, vm, folder, settings, size: () => vmSize(settings(), host) });
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
