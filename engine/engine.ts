import type { Arch, HostArch } from '../contract/arch.ts';
import type { DockerImage } from '../contract/docker-images.ts';
import type { Diagnosis, FixOutcome, RememberedFix } from '../contract/doctor.ts';
import type { HandlerUse, Price } from '../contract/emulation.ts';
import type { Forecast } from '../contract/launch.ts';
import { protocolVersion } from '../contract/procedures.ts';
import type { ProcessSample } from '../contract/process-tree.ts';
import type { DockerCli, GuestImage, Handler, Job, SelfTest, Settings, Vm } from '../contract/records.ts';
import type { StopBy } from '../contract/saved-state.ts';
import type { StateUpdate } from '../contract/state.ts';
import type { LensReport } from '../contract/syscall-lens.ts';
import type { Terminal, TerminalSize } from '../contract/terminal.ts';
import type { Reclaimed, VmFigures } from '../contract/vm-figures.ts';
import type { EngineApi, RawStream } from './api.ts';
import { isAbort } from './base/engine-error.ts';
import type { Log } from './base/log.ts';
import { Scope } from './base/scope.ts';
import type { ContainerApi } from './container-api.ts';
import type { DockerCliFinder } from './docker/docker-cli-finder.ts';
import type { DockerServices } from './docker/docker-services.ts';
import type { DockerImages } from './docker/images/docker-images.ts';
import type { SyscallLens } from './docker/lens/syscall-lens.ts';
import type { DockerObjects } from './docker/objects/docker-objects.ts';
import type { HostPorts } from './docker/ports/host-ports.ts';
import type { DockerObjectsApi } from './docker-objects-api.ts';
import type { Doctor } from './emulation/doctor/doctor.ts';
import type { Handlers } from './emulation/handlers.ts';
import type { ConnectedGuests } from './guest-services.ts';
import type { HostNetworkApi } from './host-network-api.ts';
import type { ComposedImages } from './image/guest-images.ts';
import { describeCertificates } from './network/certificates.ts';
import type { GuestNetwork } from './network/guest-network.ts';
import type { HostNetwork } from './network/host-network.ts';
import { serviceVmName } from './paths.ts';
import type { PortApi } from './port-api.ts';
import type { ProcessTrees } from './process-tree/process-trees.ts';
import type { Shares } from './shares/shares.ts';
import type { SharesApi } from './shares-api.ts';
import type { ActivityLog } from './state/activity-log.ts';
import type { Jobs } from './state/jobs.ts';
import { changeSettings, type SettingsFile } from './state/settings-file.ts';
import type { Store } from './state/store.ts';
import type { Execs } from './terminal/execs.ts';
import type { HostShells } from './terminal/host-shells.ts';
import type { Terminals } from './terminal/terminals.ts';
import type { Vms } from './vm/vms.ts';

export interface EngineParts {
  readonly log: Log;
  readonly settingsFile: SettingsFile;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly activity: ActivityLog;
  readonly images: ComposedImages;
  readonly dockerCli: DockerCliFinder;
  readonly docker: DockerServices;
  readonly ports: HostPorts;
  readonly containers: ContainerApi;
  readonly dockerImages: DockerImages;
  readonly lens: SyscallLens;
  readonly objects: DockerObjects;
  readonly hostNetwork: HostNetwork;
  readonly shares: Shares;
  readonly network: GuestNetwork;
  readonly handlers: Handlers;
  readonly trees: ProcessTrees;
  readonly doctor: Doctor;
  readonly guests: ConnectedGuests;
  readonly vms: Vms;
  readonly terminals: Terminals;
  readonly hostShells: HostShells;
  readonly execs: Execs;
}

/**
 * A host that goes down gives its programs 90 s (systemd's DefaultTimeoutStopSec); a guest which is not suspended by then
 * needs most of them to power off.
 */
const hurriedSuspendMs = 20_000;

/** The parts behind one API. */
export class Engine implements EngineApi {
  readonly containers: ContainerApi;
  readonly #parts: EngineParts;
  readonly #scope = new Scope('engine');
  readonly #startedAt = Date.now();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.containers = parts.containers;
  }

  /**
   * Adopts the VMs which an earlier engine left running, then starts the service VM when the setting says so, without
   * waiting for it to boot.
   */
  async start(): Promise<void> {
    const { vms, shares, images, dockerCli, doctor, activity, handlers, network, store, log } = this.#parts;
    await network.start();
    await images.removeLeftovers();
    await Promise.all([vms.load(), shares.load()]);
    await Promise.all(Object.values(store.state.vms).map((vm) => handlers.load(vm)));
    doctor.start(this.#scope.signal);
    activity.followVerdicts(store, this.#scope.signal);
    vms.watchForWake(this.#scope.signal);
    await this.#publishImages();
    await dockerCli.find();
    const adopted = await vms.adoptAll(this.#scope.signal);
    if (adopted.length > 0) log.info({ adopted }, 'took over running VMs');
    if (!store.state.settings.autoStart || adopted.includes(serviceVmName)) return;
    this.startVm({ vm: serviceVmName, discardState: false }).catch((thrown) => {
      // The VM's record tells people; a start that was cancelled is nothing to tell.
      if (!isAbort(thrown)) log.error({ err: thrown }, 'the service VM did not start');
    });
  }

  /**
   * With `stopVms` false the VMs run on, for the next engine to adopt; `hurried`, who is not suspended within seconds is
   * shut down. Safe to call again.
   */
  async close(options: { stopVms: boolean; hurried?: boolean }): Promise<void> {
    const { terminals, hostShells, network, ports, vms } = this.#parts;
    await this.#scope.close();
    terminals.closeAll();
    hostShells.closeAll();
    await (options.stopVms ? this.#stopAll(options.hurried ?? false) : vms.detachAll());
    await Promise.all([ports.close(), network.close()]);
  }

  get ports(): PortApi {
    return this.#parts.ports;
  }

  get hostNetwork(): HostNetworkApi {
    return this.#parts.hostNetwork;
  }

  get objects(): DockerObjectsApi {
    return this.#parts.objects;
  }

  get shares(): SharesApi {
    return this.#parts.shares;
  }

  async info() {
    return { protocol: protocolVersion, host: this.#parts.store.state.host, startedAt: this.#startedAt };
  }

  async quit(options: { hurried: boolean } = { hurried: false }): Promise<void> {
    await this.close({ stopVms: true, ...options });
  }

  hostSleeps(): Promise<void> {
    return this.#parts.vms.hostSleeps();
  }

  hostWoke(): Promise<void> {
    return this.#parts.vms.hostWoke();
  }

  watchState(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined> {
    return this.#parts.store.watch(signal);
  }

  async setSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    const { network, ports, settingsFile, store } = this.#parts;
    if (change.caCertificates) describeCertificates(change.caCertificates);
    const value = changeSettings(store.state.settings, change);
    await settingsFile.write(value);
    store.commit({ in: 'settings', value });
    if (change.sharePorts !== undefined) await ports.sharingChanged();
    await network.settingsChanged();
    return value;
  }

  async startVm({ vm, discardState }: { vm: string; discardState: boolean }): Promise<Vm> {
    const started = await this.#parts.vms.start(vm, { discardState });
    await this.#publishImages();
    return started;
  }

  async stopVm(vm: string, by: StopBy | undefined): Promise<Vm> {
    const { vms, docker } = this.#parts;
    const stopped = await vms.stop(vm, by);
    await docker.vmStopped(vm, this.#scope.signal);
    return stopped;
  }

  async restartVm(vm: string): Promise<Vm> {
    return await this.#parts.vms.restart(vm);
  }

  discardState(vm: string): Promise<Vm> {
    return this.#parts.vms.discardState(vm);
  }

  vmFigures(vm: string): Promise<VmFigures> {
    return this.#parts.vms.figures(vm);
  }

  watchFigures(vm: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    return this.#parts.vms.watchFigures(vm, signal);
  }

  reclaimDisk(vm: string): Promise<Reclaimed> {
    return this.#parts.vms.reclaimDisk(vm, this.#scope.signal);
  }

  growDisk(vm: string, diskGiB: number): Promise<Vm> {
    return this.#parts.vms.growDisk(vm, diskGiB);
  }

  consoleLines(vm: string, lines: number): Promise<string[]> {
    return this.#parts.vms.consoleLines(vm, lines);
  }

  plugDisk(vm: string, disk: string): Promise<void> {
    return this.#parts.vms.plugDisk(vm, disk);
  }

  unplugDisk(vm: string, disk: string): Promise<void> {
    return this.#parts.vms.unplugDisk(vm, disk, this.#scope.signal);
  }

  listHandlers(vm: string): Promise<Handler[]> {
    return this.#parts.handlers.list(vm);
  }

  async switchOn(vm: string, arch: Arch): Promise<Handler> {
    const handler = await this.#parts.handlers.on(vm, arch);
    this.#parts.guests.handlersSwitched(vm);
    return handler;
  }

  async switchOff(vm: string, arch: Arch): Promise<Handler> {
    const handler = await this.#parts.handlers.off(vm, arch);
    this.#parts.guests.handlersSwitched(vm);
    return handler;
  }

  testHandler(vm: string, arch: Arch): Promise<SelfTest> {
    return this.#parts.handlers.test(vm, arch);
  }

  async switchAll(vm: string, to: 'on' | 'off'): Promise<Handler[]> {
    const handlers = await this.#parts.handlers.all(vm, to);
    this.#parts.guests.handlersSwitched(vm);
    return handlers;
  }

  handlerUse(vm: string, arch: Arch): Promise<HandlerUse> {
    return this.#parts.handlers.use(vm, arch);
  }

  async chooseEmulator(vm: string, arch: Arch, version: string): Promise<Handler> {
    const handler = await this.#parts.handlers.choose(vm, arch, version);
    this.#parts.guests.handlersSwitched(vm);
    return handler;
  }

  async measurePrice(vm: string, arch: Arch): Promise<Price> {
    return this.#parts.handlers.measurePrice(vm, arch);
  }

  examine(vm: string, container: string | null): Promise<Record<string, Diagnosis>> {
    return this.#parts.doctor.examine(vm, container);
  }

  async applyFix(options: Parameters<EngineApi['applyFix']>[0]): Promise<FixOutcome> {
    const outcome = await this.#parts.doctor.applyFix(options);
    this.#parts.guests.handlersSwitched(options.vm);
    return outcome;
  }

  rememberedFixes(): Promise<RememberedFix[]> {
    return this.#parts.doctor.remembered();
  }

  forgetFixes(image: string): Promise<RememberedFix[]> {
    return this.#parts.doctor.forget(image);
  }

  listDockerImages(vm: string): Promise<DockerImage[]> {
    return this.#parts.dockerImages.list(vm);
  }

  pullImage(options: Parameters<EngineApi['pullImage']>[0]): Promise<DockerImage> {
    return this.#parts.dockerImages.pull(options);
  }

  importImage(options: Parameters<EngineApi['importImage']>[0]): Promise<DockerImage> {
    return this.#parts.dockerImages.import(options);
  }

  sampleImage(vm: string, arch: Arch): Promise<DockerImage> {
    return this.#parts.dockerImages.sample(vm, arch);
  }

  removeImage(vm: string, image: string): Promise<void> {
    return this.#parts.dockerImages.remove(vm, image);
  }

  forecast(options: Parameters<EngineApi['forecast']>[0]): Promise<Forecast> {
    return this.#parts.dockerImages.forecast(options);
  }

  launch(options: Parameters<EngineApi['launch']>[0]): Promise<{ id: string }> {
    return this.#parts.dockerImages.launch(options);
  }

  watchLens(
    options: Parameters<EngineApi['watchLens']>[0],
    signal: AbortSignal,
  ): AsyncGenerator<LensReport, void, undefined> {
    return this.#parts.lens.watch(options, signal);
  }

  sampleProcesses(vm: string, container: string | null): Promise<ProcessSample> {
    return this.#parts.trees.sample(vm, container);
  }

  watchProcesses(
    vm: string,
    container: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined> {
    return this.#parts.trees.watch(vm, container, signal);
  }

  openTerminal(options: Parameters<EngineApi['openTerminal']>[0]): Promise<Terminal> {
    return this.#parts.terminals.open(options);
  }

  async listTerminals(): Promise<Terminal[]> {
    return this.#parts.terminals.list();
  }

  async closeTerminal(id: string): Promise<void> {
    this.#parts.terminals.close(id);
  }

  attachTerminal(id: string, stream: RawStream): void {
    this.#parts.terminals.attach(id, stream);
  }

  attachHostShell(id: string, size: TerminalSize | null, stream: RawStream): void {
    this.#parts.hostShells.attach(id, size, stream);
  }

  async prepareExec(vm: string, argv: string[]): Promise<{ id: string }> {
    return this.#parts.execs.prepare(vm, argv);
  }

  attachExec(id: string, stream: RawStream): void {
    this.#parts.execs.attach(id, stream);
  }

  async buildImage(arch: HostArch): Promise<GuestImage> {
    const { record } = await this.#parts.images.build({ arch, signal: this.#scope.signal });
    await this.#publishImages();
    return record;
  }

  listImages(): Promise<GuestImage[]> {
    return this.#parts.images.list();
  }

  cancelJob(id: string): Promise<Job> {
    return this.#parts.jobs.cancel(id);
  }

  findDockerCli(): Promise<DockerCli> {
    return this.#parts.dockerCli.find();
  }

  installDockerCli(): Promise<DockerCli> {
    return this.#parts.dockerCli.install(this.#scope.signal);
  }

  async #stopAll(hurried: boolean): Promise<void> {
    const { vms, docker, store } = this.#parts;
    await vms.stopAll(hurried ? { suspendWithinMs: hurriedSuspendMs } : {});
    // The engine's own signal has aborted by now; removing a context is bounded by itself.
    const { signal } = new AbortController();
    await Promise.all(Object.keys(store.state.vms).map((vm) => docker.vmStopped(vm, signal)));
  }

  async #publishImages(): Promise<void> {
    const { images, store } = this.#parts;
    const records = await images.list();
    const gone = Object.keys(store.state.images).filter((id) => !records.some((image) => image.id === id));
    store.commit(
      ...gone.map((key) => ({ in: 'images' as const, key, value: null })),
      ...records.map((value) => ({ in: 'images' as const, key: value.id, value })),
    );
  }
}
