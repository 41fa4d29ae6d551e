import { randomUUID } from 'node:crypto';
import type { Arch, HostArch } from '../../contract/arch.ts';
import type { HandlerUse, Price } from '../../contract/emulation.ts';
import { protocolVersion } from '../../contract/procedures.ts';
import type { Process, ProcessSample } from '../../contract/process-tree.ts';
import type { DockerCli, GuestImage, Handler, Job, SelfTest, Settings, Vm } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import { type Change, collections, type State, type StateUpdate } from '../../contract/state.ts';
import type { Terminal, TerminalSize } from '../../contract/terminal.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import type { EngineApi, RawStream } from '../../engine/api.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { emulationTaxes } from '../../engine/process-tree/emulation-taxes.ts';
import { Store } from '../../engine/state/store.ts';
import { FakeContainers } from './fake-containers.ts';
import { FakeDoctor } from './fake-doctor.ts';
import { FakeHandlers } from './fake-handlers.ts';
import { FakeHostNetwork } from './fake-host-network.ts';
import { FakeImages } from './fake-images.ts';
import { FakeLens } from './fake-lens.ts';
import { FakeObjects } from './fake-objects.ts';
import { FakePorts } from './fake-ports.ts';
import { type FakeProcedure, FakeScript } from './fake-script.ts';
import { FakeShares } from './fake-shares.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { FakeVms } from './fake-vms.ts';
import { pause } from './pause.ts';

/** About what one emulator really takes. */
const emulatorBytesOfEach = 11_300_000;

/**
 * An engine without VMs for specs of the page: it carries out what it is asked at once and successfully, unless the
 * spec holds a procedure back or makes it fail, and shows whatever state the spec commits. Everything between it and
 * the page is the real thing.
 */
export class FakeEngine implements EngineApi {
  readonly store: Store;
  readonly vms: FakeVms;
  readonly script = new FakeScript();
  readonly containers: FakeContainers;
  readonly doctor: FakeDoctor;
  readonly images: FakeImages;
  readonly lens: FakeLens;
  readonly objects: FakeObjects;
  readonly hostNetwork: FakeHostNetwork;
  readonly shares: FakeShares;
  readonly ports: FakePorts;
  readonly terminals = new Map<string, FakeTerminal>();
  consoleText: string[] = ['[    0.000000] Linux version 6.12.117-cloud-amd64', 'init: stage network'];
  /** How often the processes are sampled, milliseconds. */
  sampleEveryMs = 100;
  /** How many streams of samples are being read. */
  processWatchers = 0;
  /** How many snapshots were asked for. */
  snapshots = 0;
  /** The batch of changes with this clock never arrives. */
  lostClock = -1;
  /** By container; null: what the VM itself runs. */
  readonly #processes = new Map<string | null, Process[]>();
  readonly #handlers: FakeHandlers;
  readonly #startedAt = Date.now();

  constructor(initial: State) {
    this.store = new Store(initial);
    this.vms = new FakeVms(this.store, this.script);
    this.containers = new FakeContainers(this.store, this.script);
    this.doctor = new FakeDoctor(this.store, this.script);
    this.images = new FakeImages(this.store, this.script);
    this.lens = new FakeLens(this.script);
    this.objects = new FakeObjects(this.store, this.script);
    this.hostNetwork = new FakeHostNetwork(this.store, this.script);
    this.shares = new FakeShares(this.store, this.script);
    this.ports = new FakePorts(this.store, this.script);
    this.#handlers = new FakeHandlers({
      store: this.store,
      script: this.script,
      processesOf: (container) => this.#processes.get(container) ?? [],
    });
  }

  /** What was asked, in order: `startVm service`, `switchOn service arm64`. */
  get asked(): readonly string[] {
    return this.script.asked;
  }

  get state(): State {
    return this.store.state;
  }

  commit(...changes: Change[]): void {
    this.store.commit(...changes);
  }

  /** Replaces everything, as one batch of changes. */
  show(state: State): void {
    const changes: Change[] = [
      { in: 'host', value: state.host },
      { in: 'settings', value: state.settings },
    ];
    for (const name of collections) {
      for (const key of Object.keys(this.state[name])) {
        if (!(key in state[name])) changes.push({ in: name, key, value: null } as Change);
      }
      for (const [key, value] of Object.entries(state[name]))
        changes.push({ in: name, key, value } as Change);
    }
    this.commit(...changes);
  }

  changeVm(change: Partial<Vm>): void {
    this.vms.change('service', change);
  }

  /** What runs in a container, or in the VM itself (null). */
  setProcesses(container: string | null, processes: Process[]): void {
    this.#processes.set(
      container,
      processes.map((process) => ({ ...process, containerId: container })),
    );
  }

  /** Calls of `procedure` wait until the returned function is called. */
  hold(procedure: FakeProcedure): () => void {
    return this.script.hold(procedure);
  }

  /** The next call of `procedure` fails. */
  failNext(procedure: FakeProcedure, error: EngineError): void {
    this.script.failNext(procedure, error);
  }

  async info(): ReturnType<EngineApi['info']> {
    return { protocol: protocolVersion, host: this.state.host, startedAt: this.#startedAt };
  }

  async quit(options?: { hurried: boolean }): Promise<void> {
    await this.#carryOut('quit', ...(options?.hurried ? ['hurried'] : []));
  }

  async hostSleeps(): Promise<void> {
    this.script.asked.push('hostSleeps');
  }

  async hostWoke(): Promise<void> {
    this.script.asked.push('hostWoke');
  }

  async *watchState(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined> {
    this.snapshots += 1;
    for await (const update of this.store.watch(signal)) {
      if (update.type === 'changes' && update.clock === this.lostClock) continue;
      yield update;
    }
  }

  async setSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    await this.#carryOut('setSettings', JSON.stringify(change));
    const settings = { ...this.state.settings, ...change } as Settings;
    this.commit({ in: 'settings', value: settings });
    return settings;
  }

  startVm(options: { vm: string; discardState: boolean }): Promise<Vm> {
    return this.vms.start(options);
  }

  stopVm(name: string, by?: StopBy): Promise<Vm> {
    return this.vms.stop(name, by);
  }

  restartVm(name: string): Promise<Vm> {
    return this.vms.restart(name);
  }

  discardState(name: string): Promise<Vm> {
    return this.vms.discardState(name);
  }

  vmFigures(): Promise<VmFigures> {
    return this.vms.figures();
  }

  watchFigures(_vm: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    return this.vms.watchFigures(signal);
  }

  reclaimDisk(name: string): Promise<Reclaimed> {
    return this.vms.reclaimDisk(name);
  }

  growDisk(name: string, diskGiB: number): Promise<Vm> {
    return this.vms.growDisk(name, diskGiB);
  }

  async plugDisk(): Promise<never> {
    throw new EngineError({ code: 'wrong_state', message: 'The fake engine has no disks.' });
  }

  async unplugDisk(): Promise<never> {
    throw new EngineError({ code: 'wrong_state', message: 'The fake engine has no disks.' });
  }

  async consoleLines(_vm: string, lines: number): Promise<string[]> {
    return this.consoleText.slice(-lines);
  }

  async listHandlers(vm: string): Promise<Handler[]> {
    return this.#handlers.list(vm);
  }

  switchOn(vm: string, arch: Arch): Promise<Handler> {
    return this.#handlers.on(vm, arch);
  }

  switchOff(vm: string, arch: Arch): Promise<Handler> {
    return this.#handlers.off(vm, arch);
  }

  testHandler(vm: string, arch: Arch): Promise<SelfTest> {
    return this.#handlers.test(vm, arch);
  }

  switchAll(vm: string, to: 'on' | 'off'): Promise<Handler[]> {
    return this.#handlers.all(vm, to);
  }

  handlerUse(vm: string, arch: Arch): Promise<HandlerUse> {
    return this.#handlers.use(vm, arch);
  }

  chooseEmulator(vm: string, arch: Arch, version: string): Promise<Handler> {
    return this.#handlers.choose(vm, arch, version);
  }

  measurePrice(vm: string, arch: Arch): Promise<Price> {
    return this.#handlers.price(vm, arch);
  }

  examine(vm: string, container: string | null): ReturnType<EngineApi['examine']> {
    return this.doctor.examine(vm, container);
  }

  applyFix(options: Parameters<EngineApi['applyFix']>[0]): ReturnType<EngineApi['applyFix']> {
    return this.doctor.applyFix(options);
  }

  rememberedFixes(): ReturnType<EngineApi['rememberedFixes']> {
    return this.doctor.rememberedFixes();
  }

  forgetFixes(image: string): ReturnType<EngineApi['forgetFixes']> {
    return this.doctor.forgetFixes(image);
  }

  listDockerImages(): ReturnType<EngineApi['listDockerImages']> {
    return this.images.list();
  }

  pullImage(options: Parameters<EngineApi['pullImage']>[0]): ReturnType<EngineApi['pullImage']> {
    return this.images.pull(options);
  }

  importImage(options: Parameters<EngineApi['importImage']>[0]): ReturnType<EngineApi['importImage']> {
    return this.images.import(options);
  }

  sampleImage(vm: string, arch: Arch): ReturnType<EngineApi['sampleImage']> {
    return this.images.sample(vm, arch);
  }

  removeImage(vm: string, image: string): Promise<void> {
    return this.images.remove(vm, image);
  }

  forecast(options: Parameters<EngineApi['forecast']>[0]): ReturnType<EngineApi['forecast']> {
    return this.images.forecast(options);
  }

  launch(options: Parameters<EngineApi['launch']>[0]): ReturnType<EngineApi['launch']> {
    return this.images.launch(options);
  }

  watchLens(
    options: Parameters<EngineApi['watchLens']>[0],
    signal: AbortSignal,
  ): ReturnType<EngineApi['watchLens']> {
    return this.lens.watch(options, signal);
  }

  async sampleProcesses(_vm: string, container: string | null): Promise<ProcessSample> {
    const processes =
      container === null ? [...this.#processes.values()].flat() : (this.#processes.get(container) ?? []);
    const taxes = emulationTaxes({
      processes,
      containerCpuMs: new Map(),
      emulatorBytes: () => emulatorBytesOfEach,
    });
    return {
      at: Date.now(),
      sampleMs: 1.5,
      processes,
      taxes: taxes.filter((tax) => container === null || tax.containerId === container),
      omitted: 0,
    };
  }

  async *watchProcesses(
    vm: string,
    container: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined> {
    this.processWatchers += 1;
    try {
      while (!signal.aborted) {
        yield await this.sampleProcesses(vm, container);
        await pause(this.sampleEveryMs, signal);
      }
    } finally {
      this.processWatchers -= 1;
    }
  }

  async openTerminal(options: Parameters<EngineApi['openTerminal']>[0]): Promise<Terminal> {
    const { vm, container } = options;
    await this.#carryOut('openTerminal', ...(container === null ? [vm] : [vm, container]));
    const terminal = new FakeTerminal(randomUUID(), options);
    this.terminals.set(terminal.id, terminal);
    return terminal.record();
  }

  async listTerminals(): Promise<Terminal[]> {
    return [...this.terminals.values()].map((terminal) => terminal.record());
  }

  async closeTerminal(id: string): Promise<void> {
    this.script.asked.push(`closeTerminal ${id}`);
    this.terminals.get(id)?.exit(null, 'closed');
    this.terminals.delete(id);
  }

  attachTerminal(id: string, stream: RawStream): void {
    const terminal = this.terminals.get(id);
    if (!terminal)
      throw new EngineError({ code: 'unknown_terminal', message: `There is no terminal "${id}".` });
    terminal.attach(stream);
  }

  attachHostShell(_id: string, _size: TerminalSize | null, stream: RawStream): void {
    stream.close(1011, 'the fake engine runs no programs of the host');
  }

  async prepareExec(): Promise<{ id: string }> {
    return { id: randomUUID() };
  }

  attachExec(_id: string, stream: RawStream): void {
    stream.close(1011, 'the fake engine runs no commands');
  }

  async buildImage(_arch: HostArch): Promise<GuestImage> {
    throw new EngineError({ code: 'image_failed', message: 'The fake engine composes no images.' });
  }

  async listImages(): Promise<GuestImage[]> {
    return Object.values(this.state.images);
  }

  async cancelJob(id: string): Promise<Job> {
    await this.#carryOut('cancelJob', id);
    this.images.cancel(id);
    const job = this.state.jobs[id];
    if (!job) throw new EngineError({ code: 'unknown_job', message: `There is no job "${id}".` });
    const cancelled: Job = { ...job, state: 'cancelled', phase: 'cancelled', finishedAt: Date.now() };
    this.commit({ in: 'jobs', key: id, value: cancelled });
    return cancelled;
  }

  async findDockerCli(): Promise<DockerCli> {
    await this.#carryOut('findDockerCli');
    return this.state.host.dockerCli;
  }

  async installDockerCli(): Promise<DockerCli> {
    await this.#carryOut('installDockerCli');
    const dockerCli: DockerCli = {
      ...this.state.host.dockerCli,
      state: 'installed',
      path: `${this.state.host.home}/docker-cli/usr/bin/docker`,
      version: '26.1.5',
      compose: '2.26.1',
    };
    this.commit({ in: 'host', value: { ...this.state.host, dockerCli } });
    return dockerCli;
  }

  async #carryOut(procedure: FakeProcedure, ...details: string[]): Promise<void> {
    await this.script.carryOut(procedure, ...details);
  }
}
