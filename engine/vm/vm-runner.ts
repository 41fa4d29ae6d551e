import type { AcceleratorTrial, Settings, Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import { type EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import type { Log } from '../base/log.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import type { Store } from '../state/store.ts';
import { emptyStages, resumeStages } from './boot-timeline.ts';
import { imageToBoot } from './image-to-boot.ts';
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
import { StoredVm } from './stored-vm.ts';
import { suspendTimeoutMs } from './suspend-machine.ts';
import { Suspension } from './suspension.ts';
import type { VmChange } from './vm-change.ts';
import {
  GuestCrashed,
  notConnected,
  notSuspended,
  startCancelled,
  suspendedAlready,
  suspendFailed,
  withoutSlots,
} from './vm-errors.ts';
import type { VmFolder } from './vm-folder.ts';
import { VmRun } from './vm-run.ts';

/** A guest that crashes in this many boots one after the other does not do so by chance. */
const bootAttempts = 3;

/** A resumed guest is reached within a second or two, an emulated one on a busy host within ten. */
const reachTimeoutMs = 20_000;

export interface StopOptions {
  /** Default: the setting. */
  readonly by?: StopBy | undefined;
  /** How long a suspending may take before it is given up; by default that depends on the guest's memory. */
  readonly suspendWithinMs?: number;
}

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
  /** While a saved memory is loaded and its guest comes up; aborts as long as the memory is not consumed. */
  #loading: AbortController | undefined;
  readonly #stored: StoredVm;
  readonly #suspension: Suspension;

  constructor(options: VmRunnerOptions) {
    this.#options = options;
    this.#stored = new StoredVm(options.store, options.vm.name);
    this.#suspension = new Suspension({ ...options, paths: options.folder.paths });
  }

  /** Tells of a saved state, where there is one. */
  async look(): Promise<void> {
    const savedState = await this.#suspension.look();
    if (savedState) this.#commit({ state: 'suspended', savedState });
  }

  get name(): string {
    return this.#options.vm.name;
  }

  /** The connection into the guest. Throws `wrong_state` while there is none. */
  get link(): GuestLink {
    const link = this.#run?.link;
    if (link) return link;
    throw notConnected(this.name, this.#record.state);
  }

  /** Its hot-plugged disks. Throws `wrong_state` while no QEMU runs. */
  get disks(): HotDisks {
    const disks = this.#run?.disks;
    if (disks) return disks;
    throw withoutSlots(this.name, this.#record.state);
  }

  /** Takes over a QEMU which an earlier engine left running; the session comes up in the background. */
  async adopt(signal: AbortSignal): Promise<boolean> {
    const machine = await this.#suspension.adopt(signal);
    if (!machine) return false;
    this.#commit({ state: 'starting', error: null, savedState: null });
    const run = this.#newRun();
    run.own(machine, await this.#options.folder.readBoot(machine));
    run.reconnect(await this.#keys());
    return true;
  }

  /**
   * Brings the VM up, or what is missing of it: resumes a suspended one, and a guest that stands still, reconnects a lost
   * session. Throws `saved_state_unusable` unless told to discard.
   */
  async start(options: { discardState: boolean } = { discardState: false }): Promise<Vm> {
    const ending = this.#starting?.signal.aborted || this.#loading?.signal.aborted;
    if (ending) await this.#once.settled('stop');
    return await this.#once.run('start', () => this.#start(options.discardState));
  }

  /** Suspends a VM that is up and well where that is wanted, else shuts down. Throws `suspend_failed`; it runs on then. */
  async stop(options: StopOptions = {}): Promise<Vm> {
    const by = options.by ?? this.#options.settings().stopBy;
    const abortable = by === 'suspend' && this.#loading ? this.#loading : this.#starting;
    abortable?.abort(startCancelled(this.name));
    // Who wants it shut down does not want to hear that it could not be suspended.
    if (by === 'shut-down' && this.#record.state === 'suspending') await this.#once.settled('stop');
    return await this.#once.run('stop', () => this.#stop(by, options.suspendWithinMs));
  }

  async restart(): Promise<Vm> {
    if (this.#record.savedState) throw suspendedAlready(this.name);
    return await this.#once.run('restart', async () => {
      await this.stop({ by: 'shut-down' });
      return await this.start();
    });
  }

  /** Throws a saved state away. Throws `wrong_state` where there is none. */
  async discardState(): Promise<Vm> {
    return await this.#once.run('discard', async () => {
      await this.#once.settled('start');
      await this.#once.settled('stop');
      if (!this.#record.savedState) throw notSuspended(this.name, this.#record.state);
      await this.#discard();
      return this.#record;
    });
  }

  /** The newest lines of the serial console, oldest first. */
  async consoleLines(count: number): Promise<string[]> {
    return await lastLines(this.#options.folder.paths.console, count);
  }

  /** Lets go of a running VM without stopping it; the next engine adopts it. A start that is under way is undone. */
  async detach(): Promise<void> {
    this.#starting?.abort(startCancelled(this.name));
    await this.#once.settled();
    const run = this.#run;
    this.#run = undefined;
    await run?.detach();
  }

  async #start(discardState: boolean): Promise<Vm> {
    const starting = new AbortController();
    this.#starting = starting;
    try {
      await this.#once.settled('stop');
      await this.#once.settled('discard');
      starting.signal.throwIfAborted();
      if (this.#run) {
        await this.#run.revive(starting.signal);
        return this.#record;
      }
      if (discardState && this.#record.savedState) await this.#discard();
      if (this.#record.savedState) await this.#resume(starting.signal);
      else await this.#boot(starting.signal);
      return this.#record;
    } finally {
      this.#starting = undefined;
    }
  }

  /** Its programs end as at a power cut. */
  async #discard(): Promise<void> {
    await this.#suspension.memory.consume();
    this.#commit({ state: 'stopped', savedState: null });
  }

  /** The guest goes on where it was. Until then a failure leaves the VM suspended, after that it stays up. */
  async #resume(signal: AbortSignal): Promise<void> {
    const boot = { startedAt: null, stages: resumeStages() };
    this.#commit({ state: 'starting', error: null, adopted: false, boot });
    const run = this.#newRun();
    const loading = new AbortController();
    this.#loading = loading;
    const either = AbortSignal.any([signal, loading.signal]);
    try {
      const keys = await this.#keys();
      const machine = await this.#suspension.resume((spawned) => run.resuming(spawned), either);
      if (!machine) throw notSuspended(this.name, 'stopped');
      run.own(machine);
      this.#commit({ savedState: null });
      await run.boot(keys, signal);
    } catch (thrown) {
      if (run.alive) throw await run.degrade(toEngineError(thrown));
      await this.#undo(run);
      const savedState = await this.#suspension.look();
      const error = savedState ? null : toEngineError(thrown).toWire();
      this.#commit({ ...notRunning, state: savedState ? 'suspended' : 'broken', savedState, error });
      throw thrown;
    } finally {
      this.#loading = undefined;
    }
  }

  /** Boots, again where an emulated guest crashed. What was tried stays in the record. */
  async #boot(signal: AbortSignal): Promise<void> {
    const { images, vm } = this.#options;
    const image = await imageToBoot({ vm, images, commit: (change) => this.#commit(change), signal });
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
      await this.#suspension.memory.consume();
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

  async #stop(by: StopBy, suspendWithinMs?: number): Promise<Vm> {
    const withinMs = suspendWithinMs ?? suspendTimeoutMs(this.#record.memoryBytes);
    const signal = AbortSignal.timeout(withinMs);
    if (by === 'suspend' && this.#loading) await this.#resumed(signal);
    if (by === 'suspend' && this.#run?.alive && !this.#starting)
      return await this.#suspend(this.#run, signal);
    if (this.#run) this.#commit({ state: 'stopping' });
    // A start is aborted already; its end is awaited, its outcome is told to whoever asked for it.
    await this.#once.settled('start');
    const run = this.#run;
    this.#run = undefined;
    await run?.stop();
    const { state, savedState } = this.#record;
    const rest = savedState ? 'suspended' : 'stopped';
    if (state !== 'absent') this.#commit({ ...notRunning, state: rest, error: null });
    return this.#record;
  }

  /** A guest that goes on already will be up in a moment: suspended again then, its programs do not end. */
  async #resumed(signal: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#starting?.abort(startCancelled(this.name));
    signal.addEventListener('abort', giveUp);
    await this.#once.settled('start');
    signal.removeEventListener('abort', giveUp);
  }

  async #suspend(run: VmRun, signal: AbortSignal): Promise<Vm> {
    const { imageId } = this.#record;
    const image = imageId === null ? null : await this.#options.images.byId(imageId);
    const keys = await this.#keys();
    // A connection that was lost a moment ago may be had again.
    const reach = AbortSignal.any([signal, AbortSignal.timeout(reachTimeoutMs)]);
    if (!run.healthy)
      await run.revive(reach).catch((thrown) => Promise.reject(suspendFailed(this.name, thrown)));
    this.#commit({ state: 'suspending' });
    await run.suspend({ memory: this.#suspension.memory, image, keys, signal });
    this.#run = undefined;
    const savedState = await this.#suspension.look();
    this.#commit({ ...notRunning, state: 'suspended', error: null, savedState });
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
    return this.#stored.record;
  }

  #commit(change: VmChange): void {
    this.#stored.commit(change);
  }
}

const notRunning: VmChange = { pid: null, sshPort: null, adopted: false };
