import type { BootStageId } from '../../contract/records.ts';
import type { EngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import type { Log } from '../base/log.ts';
import { Scope } from '../base/scope.ts';
import { BootTimeline, resumeStages } from './boot-timeline.ts';
import { consoleFact } from './console-line.ts';
import { GuestSession } from './guest-session.ts';
import type {
  ComposedImage,
  GuestConnector,
  GuestLink,
  GuestServices,
  HotDisks,
  Machine,
  MachineExit,
  MachineSpawn,
  VmKeys,
  VmRecord,
} from './ports.ts';
import type { SavedMemory } from './saved-memory.ts';
import { stopMachine } from './stop-machine.ts';
import { suspendMachine } from './suspend-machine.ts';
import type { VmChange } from './vm-change.ts';
import { GuestCrashed, guestCannotBoot, guestPaused, machineDied, sessionLost } from './vm-errors.ts';
import type { VmFolder } from './vm-folder.ts';
import { watchBoot } from './watch-boot.ts';
import { watchConsole } from './watch-console.ts';

/** Console lines shown with an error. */
const evidenceLines = 20;

/** Console lines searched for the guest's own reason: a kernel's panic writes some fifty after it. */
const reasonLines = 200;

export interface VmRunOptions {
  readonly vm: VmRecord;
  readonly folder: VmFolder;
  readonly log: Log;
  readonly connector: GuestConnector;
  readonly services: GuestServices;
  readonly commit: (change: VmChange) => void;
  /** QEMU ended though nobody asked it to. */
  readonly onExit: (exit: MachineExit, error: EngineError) => void;
}

/** One life of a VM, from spawning or adopting its QEMU to its end. */
export class VmRun {
  readonly #options: VmRunOptions;
  readonly #scope: Scope;
  #timeline = new BootTimeline(Date.now());
  #console: AbortController | undefined;
  #machine: Machine | undefined;
  #session: GuestSession | undefined;
  #sessionScope: Scope | undefined;
  /** Aborted, with what to tell, when nothing more can come of this run. */
  readonly #failed = new AbortController();
  #state: 'booting' | 'up' | 'suspending' | 'leaving' = 'booting';
  #exit: MachineExit | undefined;
  #problem: EngineError | null = null;

  constructor(options: VmRunOptions) {
    this.#options = options;
    this.#scope = new Scope(`vm ${options.vm.name}`);
    this.#scope.defer(() => this.#console?.abort());
  }

  /** Whether its QEMU runs. */
  get alive(): boolean {
    return this.#machine !== undefined && !this.#exit;
  }

  get link(): GuestLink | null {
    return this.#session?.link ?? null;
  }

  get disks(): HotDisks | null {
    return this.alive ? this.#owned.disks : null;
  }

  /** Whether its guest can be asked to prepare for being suspended. */
  get healthy(): boolean {
    return this.#state === 'up' && !this.#problem && this.alive && !this.#owned.pause && this.link !== null;
  }

  /** A QEMU was started, the first or, after an accelerator failed, another one: its boot begins at zero. */
  spawned({ at, pid }: MachineSpawn): void {
    this.#timeline = new BootTimeline(at);
    this.#timeline.reach('qemu');
    this.#watchConsole();
    this.#options.commit({ pid });
    this.#showBoot();
  }

  /** A QEMU was started for a saved memory: what a boot would show is over already. */
  resuming({ at, pid }: MachineSpawn): void {
    this.#timeline = new BootTimeline(at, resumeStages());
    this.#timeline.reach('qemu');
    this.#options.commit({ pid });
    this.#showBoot();
  }

  /** Takes charge of a machine: from here on its exit and its pauses are noticed. */
  own(machine: Machine, timeline = this.#timeline): void {
    const { vm, commit } = this.#options;
    this.#machine = machine;
    this.#timeline = timeline;
    this.#scope.defer(machine.onPause(() => this.#settle()));
    void machine.exited.then((exit) => this.#onExit(exit));
    commit({
      pid: machine.pid,
      qemuVersion: machine.qemuVersion,
      accelerator: machine.accelerator,
      acceleratorTrials: [...machine.trials],
      adopted: machine.adopted,
      imageId: machine.imageId,
      kernelVersion: machine.kernelVersion,
      cpus: machine.size.cpus,
      memoryBytes: machine.size.memoryMiB * 1024 ** 2,
      diskBytes: vm.diskGiB * 1024 ** 3,
      sshPort: machine.sshPort,
    });
    this.#showBoot();
  }

  /** From a guest that speaks, or goes on, to one whose services answer. Throws `boot_failed`, naming the stage. */
  async boot(keys: VmKeys, signal: AbortSignal): Promise<void> {
    const { vm, folder } = this.#options;
    const machine = this.#owned;
    const session = this.#open(keys);
    await watchBoot(
      {
        vm: vm.name,
        timeline: this.#timeline,
        emulated: machine.accelerator === 'tcg',
        consolePath: folder.paths.console,
        signal: AbortSignal.any([signal, this.#failed.signal]),
      },
      async (within) => {
        if (this.#timeline.expects('sshd')) await this.#timeline.whenReached('sshd', within);
        await session.open(within);
      },
    );
    await this.#bootIsOver();
    session.keep();
    this.#settle();
  }

  /** Connects to a guest that is up already, or soon will be. */
  reconnect(keys: VmKeys): void {
    // An engine that was killed during the boot left no timeline; the console tells it again.
    if (this.#timeline.expects('sshd')) this.#watchConsole();
    this.#open(keys).keep();
  }

  /** The boot failed after the guest was reached: it stays up and its services are tried again. */
  async degrade(problem: EngineError): Promise<EngineError> {
    await this.#bootIsOver();
    this.#session?.keep(problem);
    return problem;
  }

  /** Mends what can be mended: a guest that stands still, a connection that is lost. */
  async revive(signal: AbortSignal): Promise<void> {
    const machine = this.#owned;
    if (machine.pause) await machine.resume();
    if (this.#problem || this.#state === 'booting') {
      await this.#session?.retry(AbortSignal.any([signal, this.#failed.signal]));
    }
    this.#settle();
  }

  async stop(): Promise<void> {
    this.#state = 'leaving';
    this.#session?.retire();
    if (this.#machine) {
      await stopMachine({ machine: this.#machine, link: this.link, log: this.#options.log });
    }
    await this.#scope.close();
  }

  /**
   * Keeps the guest's memory in a file and ends its QEMU. Throws `suspend_failed`; the guest goes on then, or, where its
   * QEMU has ended, that is told as at any other time.
   */
  async suspend(options: {
    memory: SavedMemory;
    image: ComposedImage | null;
    keys: VmKeys;
    signal: AbortSignal;
  }): Promise<void> {
    const { memory, image, keys, signal } = options;
    const { vm, log } = this.#options;
    const link = this.link;
    if (!link) throw sessionLost(vm.name);
    this.#state = 'suspending';
    try {
      const disconnect = async (): Promise<void> => await this.#sessionScope?.close();
      const machine = this.#owned;
      await suspendMachine({ vm: vm.name, machine, link, memory, image, disconnect, log, signal });
    } catch (thrown) {
      this.#state = 'up';
      if (this.#exit) await this.#onExit(this.#exit);
      else this.#goOn(keys);
      throw thrown;
    }
    this.#state = 'leaving';
    await this.#scope.close();
  }

  /** After a suspending that failed: connects again where the connection was ended for it. */
  #goOn(keys: VmKeys): void {
    if (this.#sessionScope?.closed) {
      this.#problem = sessionLost(this.#options.vm.name);
      this.#open(keys).keep();
    }
    this.#settle();
  }

  /** Ends QEMU at once: what a failed or cancelled start left, or what is gone already. */
  async abandon(): Promise<void> {
    this.#state = 'leaving';
    await this.#scope.close();
    await this.#machine?.terminate();
    await this.#machine?.exited;
  }

  /** Gives back everything but QEMU, which runs on. */
  async detach(): Promise<void> {
    this.#state = 'leaving';
    await this.#scope.close();
    this.#machine?.detach();
  }

  #open(keys: VmKeys): GuestSession {
    const { vm, connector, services } = this.#options;
    const scope = this.#scope.child('session');
    this.#sessionScope = scope;
    const session = new GuestSession({
      vm,
      machine: this.#owned,
      keys,
      connector,
      services,
      timeline: this.#timeline,
      scope,
      onStage: () => this.#showBoot(),
      onChange: (problem) => this.#onSession(problem),
    });
    this.#session = session;
    return session;
  }

  #onSession(problem: EngineError | null): void {
    this.#problem = problem;
    if (this.#state === 'booting') void this.#bootIsOver();
    this.#settle();
  }

  /** The console is not read any more, and the timeline is kept for an engine that adopts the VM. */
  async #bootIsOver(): Promise<void> {
    if (this.#state === 'booting') this.#state = 'up';
    this.#console?.abort();
    const { folder, log } = this.#options;
    await folder
      .writeBoot(this.#timeline)
      .catch((thrown) => log.warn({ err: thrown }, 'no boot timeline kept'));
  }

  /** Says what the machine and the session together amount to. */
  #settle(): void {
    if (this.#state === 'suspending' || this.#state === 'leaving') return;
    const pause = this.#machine?.pause;
    const problem = pause ? guestPaused(this.#options.vm.name, pause) : this.#problem;
    const healthy = this.#state === 'booting' ? 'starting' : 'running';
    this.#options.commit({ state: problem ? 'degraded' : healthy, error: problem?.toWire() ?? null });
  }

  async #onExit(exit: MachineExit): Promise<void> {
    const { vm, folder, onExit } = this.#options;
    this.#exit = exit;
    // Ended as it should, or the suspending fails of it and tells.
    if (this.#state === 'suspending') return;
    const lines = await lastLines(folder.paths.console, reasonLines).catch(() => []);
    const console = lines.slice(-evidenceLines);
    const problem = lines.map(consoleFact).findLast((fact) => fact?.kind === 'problem');
    const error =
      this.#state === 'booting' && problem
        ? guestCannotBoot(vm.name, problem.stage, problem.text, console)
        : machineDied(vm.name, exit, console);
    const crashed = this.#state === 'booting' && !problem && exit.cause !== 'guest-shutdown';
    const byChance = crashed && this.#machine?.accelerator === 'tcg';
    this.#failed.abort(byChance ? new GuestCrashed({ ...error.toWire(), cause: error }) : error);
    if (this.#state !== 'leaving') onExit(exit, error);
  }

  #watchConsole(): void {
    this.#console?.abort();
    const watching = new AbortController();
    this.#console = watching;
    void watchConsole({
      path: this.#options.folder.paths.console,
      timeline: this.#timeline,
      signal: watching.signal,
      onChange: () => this.#showBoot(),
      onProblem: (stage, text) => this.#onProblem(stage, text),
    }).catch((thrown) => this.#options.log.warn({ err: thrown }, 'the serial console cannot be read'));
  }

  /** Services are started again by the guest's init; without its data there is nothing to wait for. */
  #onProblem(stage: BootStageId, text: string): void {
    this.#options.log.warn({ vm: this.#options.vm.name, stage, text }, 'the guest reports a problem');
    if (stage === 'disks') this.#failed.abort(guestCannotBoot(this.#options.vm.name, stage, text, []));
  }

  #showBoot(): void {
    const { startedAt, stages } = this.#timeline;
    this.#options.commit({ boot: { startedAt, stages } });
  }

  get #owned(): Machine {
    if (!this.#machine) throw new Error('no machine yet');
    return this.#machine;
  }
}
