import type { AcceleratorTrial, Settings, Vm } from '../../contract/records.ts';
import { EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import type { Log } from '../base/log.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import type { Store } from '../state/store.ts';
import { emptyStages } from './boot-timeline.ts';
import type {
  ComposedImage,
  GuestConnector,
  GuestImages,
  GuestLink,
  GuestSecrets,
  GuestServices,
  HotDisks,
  Hypervisor,
  MachineExit,
  MachineSize,
  VmKeys,
  VmRecord,
} from './ports.ts';
import type { VmChange } from './vm-change.ts';
import { GuestCrashed } from './vm-errors.ts';
import type { VmFolder } from './vm-folder.ts';
import { VmRun } from './vm-run.ts';

/** A guest that crashes in this many boots one after the other does not do so by chance. */
const bootAttempts = 3;

export interface VmRunnerOptions {
  readonly vm: VmRecord;
  readonly folder: VmFolder;
  readonly store: Store;
  readonly log: Log;
  readonly hypervisor: Hypervisor;
  readonly images: GuestImages;
  readonly connector: GuestConnector;
  readonly services: GuestServices;
  readonly secrets: GuestSecrets;
  /** Asked at each start, so that a changed setting counts from the next one on. */
  readonly size: () => MachineSize;
  readonly settings: () => Settings;
}

/**
 * One VM's state machine. Operations asked twice share one promise; a stop during a start aborts it, waits until it
 * has unwound, and then stops. What is seen is committed to the store, never what is hoped for.
 */
export class VmRunner {
  readonly #options: VmRunnerOptions;
  readonly #once = new OnceAtATime();
  #run: VmRun | undefined;
  #starting: AbortController | undefined;
  #booting = false;

  constructor(options: VmRunnerOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.vm.name;
  }

  /** The connection into the guest. Throws `wrong_state` while there is none. */
  get link(): GuestLink {
    const link = this.#run?.link;
    if (link) return link;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${this.name}" is ${this.#record.state}; there is no connection to it.`,
      hint: `Start it: \`foredeck start --vm ${this.name}\`.`,
    });
  }

  /** Its hot-plugged disks. Throws `wrong_state` while no QEMU runs. */
  get disks(): HotDisks {
    const disks = this.#run?.disks;
    if (disks) return disks;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${this.name}" is ${this.#record.state}; a disk can be plugged into a running VM only.`,
      hint: `Start it: \`foredeck start --vm ${this.name}\`.`,
    });
  }

  /** Takes over a QEMU which an earlier engine left running; the session comes up in the background. */
  async adopt(signal: AbortSignal): Promise<boolean> {
    const { hypervisor, vm, folder } = this.#options;
    const machine = await hypervisor.adopt({ vm, paths: folder.paths, signal });
    if (!machine) return false;
    this.#commit({ state: 'starting', error: null });
    const run = this.#newRun();
    run.own(machine, await folder.readBoot(machine.spawnedAt));
    run.reconnect(await this.#keys());
    return true;
  }

  /** Brings the VM up, or what is missing of it: resumes a guest that stands still, reconnects a lost session. */
  async start(): Promise<Vm> {
    if (this.#starting?.signal.aborted) await this.stop();
    return await this.#once.run('start', () => this.#start());
  }

  async stop(): Promise<Vm> {
    this.#starting?.abort(cancelled(this.name));
    return await this.#once.run('stop', () => this.#stop());
  }

  async restart(): Promise<Vm> {
    return await this.#once.run('restart', async () => {
      await this.stop();
      return await this.start();
    });
  }

  /** The newest lines of the serial console, oldest first. */
  async consoleLines(count: number): Promise<string[]> {
    return await lastLines(this.#options.folder.paths.console, count);
  }

  /** Lets go of a running VM without stopping it; the next engine adopts it. A start that is under way is undone. */
  async detach(): Promise<void> {
    this.#starting?.abort(cancelled(this.name));
    await this.#once.settled();
    const run = this.#run;
    this.#run = undefined;
    await run?.detach();
  }

  async #start(): Promise<Vm> {
    const starting = new AbortController();
    this.#starting = starting;
    try {
      await this.#once.settled('stop');
      starting.signal.throwIfAborted();
      if (this.#run) await this.#run.revive(starting.signal);
      else await this.#boot(starting.signal);
      return this.#record;
    } finally {
      this.#starting = undefined;
    }
  }

  /** Boots, again where an emulated guest crashed. What was tried stays in the record. */
  async #boot(signal: AbortSignal): Promise<void> {
    const image = await this.#image(signal);
    const crashes: AcceleratorTrial[] = [];
    this.#booting = true;
    try {
      for (;;) {
        try {
          await this.#bootOnce(image, signal);
          this.#commit({ acceleratorTrials: [...crashes, ...this.#record.acceleratorTrials] });
          return;
        } catch (thrown) {
          if (!(thrown instanceof GuestCrashed) || crashes.length === bootAttempts - 1 || signal.aborted) {
            throw thrown;
          }
          this.#options.log.warn(
            { vm: this.name, err: thrown },
            'the guest crashed while booting; once more',
          );
          crashes.push({ accelerator: 'tcg', works: false, why: thrown.message, at: Date.now() });
        }
      }
    } catch (thrown) {
      if (!this.#run && !isAbort(thrown)) {
        this.#commit({ ...notRunning, state: 'broken', error: toEngineError(thrown).toWire() });
      }
      throw thrown;
    } finally {
      this.#booting = false;
    }
  }

  async #bootOnce(image: ComposedImage, signal: AbortSignal): Promise<void> {
    const { folder, hypervisor, secrets, settings, size, vm } = this.#options;
    const machineSize = size();
    this.#commit({
      state: 'starting',
      error: null,
      accelerator: null,
      acceleratorTrials: [],
      adopted: false,
      imageId: image.record.id,
      kernelVersion: image.record.kernelVersion,
      boot: { startedAt: null, stages: emptyStages() },
      cpus: machineSize.cpus,
      memoryBytes: machineSize.memoryMiB * 1024 ** 2,
    });
    const run = this.#newRun();
    try {
      const keys = await this.#keys();
      await folder.writeInitrd(image.initrdPath, await secrets({ vm, keys }));
      const { accelerator, cpuModel } = settings();
      const machine = await hypervisor.start({
        vm,
        paths: folder.paths,
        image,
        size: machineSize,
        accelerator,
        cpuModel,
        signal,
        onSpawn: (spawned) => run.spawned(spawned),
        onTrial: (trial) => {
          this.#commit({ acceleratorTrials: [...this.#record.acceleratorTrials, trial] });
        },
      });
      run.own(machine);
      await run.boot(keys, signal);
    } catch (thrown) {
      // With a connection a person can look inside, so the VM stays up, degraded, and its services are tried again.
      if (run.alive && run.link && !signal.aborted) throw await run.degrade(toEngineError(thrown));
      await this.#undo(run);
      throw thrown;
    }
  }

  /** The image to boot from, composed first when there is none. */
  async #image(signal: AbortSignal): Promise<ComposedImage> {
    const { images, vm } = this.#options;
    if (vm.arch !== 'amd64' && vm.arch !== 'arm64') {
      throw new EngineError({
        code: 'unknown_arch',
        message: `VM "${vm.name}" cannot be started: there is no guest image for ${vm.arch}.`,
      });
    }
    const found = await images.find(vm.arch);
    if (found) return found;
    this.#commit({ state: 'composing', error: null });
    try {
      return await images.ensure({ arch: vm.arch, signal });
    } catch (thrown) {
      const error = isAbort(thrown) ? null : toEngineError(thrown).toWire();
      this.#commit({ state: 'absent', error });
      throw thrown;
    }
  }

  async #stop(): Promise<Vm> {
    if (this.#run) this.#commit({ state: 'stopping' });
    // A start is aborted already; its end is awaited, its outcome is told to whoever asked for it.
    await this.#once.settled('start');
    const run = this.#run;
    this.#run = undefined;
    await run?.stop();
    const { state } = this.#record;
    if (state !== 'absent') this.#commit({ ...notRunning, state: 'stopped', error: null });
    return this.#record;
  }

  /** Ends what a failed or cancelled start left. */
  async #undo(run: VmRun): Promise<void> {
    if (this.#run === run) this.#run = undefined;
    await run.abandon();
  }

  #newRun(): VmRun {
    const { vm, folder, log, connector, services } = this.#options;
    const run: VmRun = new VmRun({
      vm,
      folder,
      log,
      connector,
      services,
      commit: (change) => {
        if (this.#run === run) this.#commit(change);
      },
      onExit: (exit, error) => void this.#onExit(run, exit, error),
    });
    this.#run = run;
    return run;
  }

  /** QEMU ended by itself. A guest that powered itself off did what it was told to. */
  async #onExit(run: VmRun, exit: MachineExit, error: EngineError): Promise<void> {
    if (this.#run !== run) return;
    this.#options.log.warn({ vm: this.name, exit }, 'QEMU ended');
    const poweredOff = exit.cause === 'guest-shutdown';
    // The boot fails of it, and tells.
    if (this.#booting && !poweredOff) return;
    this.#commit({
      ...notRunning,
      state: poweredOff ? 'stopped' : 'broken',
      error: poweredOff ? null : error.toWire(),
    });
    await this.#undo(run);
  }

  async #keys(): Promise<VmKeys> {
    return await this.#options.folder.keys(() => this.#options.connector.makeKeys());
  }

  get #record(): Vm {
    const record = this.#options.store.state.vms[this.name];
    if (!record) throw new Error(`VM ${this.name} is not in the store`);
    return record;
  }

  /** Others commit their own fields of the same record, so it is read each time. */
  #commit(change: VmChange): void {
    const record = this.#record;
    const { sshPort, ...fields } = change;
    const endpoints = {
      ...record.endpoints,
      ...(sshPort === undefined ? {} : { sshPort }),
      ...(sshPort === null ? { dockerReady: false } : {}),
    };
    const value = { ...record, ...fields, endpoints };
    this.#options.store.commit({ in: 'vms', key: this.name, value });
  }
}

const notRunning: VmChange = { pid: null, sshPort: null, adopted: false };

function cancelled(vm: string): EngineError {
  return new EngineError({ code: 'cancelled', message: `The start of VM "${vm}" was cancelled.` });
}
