import type { Arch, HostArch } from '../contract/arch.ts';
import type { DockerImage } from '../contract/docker-images.ts';
import type { Diagnosis, FixOutcome, RememberedFix } from '../contract/doctor.ts';
import type { HandlerUse, Price } from '../contract/emulation.ts';
import type { Forecast, Launch } from '../contract/launch.ts';
import type { ProcessSample } from '../contract/process-tree.ts';
import type {
  DockerCli,
  GuestImage,
  Handler,
  Host,
  Job,
  SelfTest,
  Settings,
  Vm,
} from '../contract/records.ts';
import type { StopBy } from '../contract/saved-state.ts';
import type { StateUpdate } from '../contract/state.ts';
import type { LensMode, LensReport } from '../contract/syscall-lens.ts';
import type { Terminal, TerminalSize } from '../contract/terminal.ts';
import type { Reclaimed, VmFigures } from '../contract/vm-figures.ts';
import type { ContainerApi } from './container-api.ts';
import type { DockerObjectsApi } from './docker-objects-api.ts';
import type { HostNetworkApi } from './host-network-api.ts';
import type { PortApi } from './port-api.ts';
import type { SharesApi } from './shares-api.ts';

/**
 * What an engine can do, free of any transport. `createEngine` gives the real one, e2e's fake engine a scripted one;
 * rpc/ puts either behind the contract. Every method rejects with EngineError only.
 */
export interface EngineApi {
  /** Volumes, networks, builds, and what happened. */
  readonly objects: DockerObjectsApi;
  readonly hostNetwork: HostNetworkApi;
  /** Folders of the host which the service VM sees. */
  readonly shares: SharesApi;
  readonly ports: PortApi;
  info(): Promise<{ protocol: number; host: Host; startedAt: number }>;
  /** Stops everything; the engine process ends after it has resolved. */
  quit(options?: { hurried: boolean }): Promise<void>;
  hostSleeps(): Promise<void>;
  hostWoke(): Promise<void>;
  watchState(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined>;
  setSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>;
  startVm(options: { vm: string; discardState: boolean }): Promise<Vm>;
  /** `by` undefined: as the setting says. */
  stopVm(vm: string, by: StopBy | undefined): Promise<Vm>;
  restartVm(vm: string): Promise<Vm>;
  discardState(vm: string): Promise<Vm>;
  vmFigures(vm: string): Promise<VmFigures>;
  watchFigures(vm: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined>;
  reclaimDisk(vm: string): Promise<Reclaimed>;
  growDisk(vm: string, diskGiB: number): Promise<Vm>;
  consoleLines(vm: string, lines: number): Promise<string[]>;
  plugDisk(vm: string, disk: string): Promise<void>;
  unplugDisk(vm: string, disk: string): Promise<void>;
  listHandlers(vm: string): Promise<Handler[]>;
  switchOn(vm: string, arch: Arch): Promise<Handler>;
  switchOff(vm: string, arch: Arch): Promise<Handler>;
  testHandler(vm: string, arch: Arch): Promise<SelfTest>;
  switchAll(vm: string, to: 'on' | 'off'): Promise<Handler[]>;
  handlerUse(vm: string, arch: Arch): Promise<HandlerUse>;
  chooseEmulator(vm: string, arch: Arch, version: string): Promise<Handler>;
  measurePrice(vm: string, arch: Arch): Promise<Price>;
  /** `container` null: every container of the VM that failed. Keyed by container id. */
  examine(vm: string, container: string | null): Promise<Record<string, Diagnosis>>;
  applyFix(options: {
    vm: string;
    container: string;
    fix: string;
    data: 'keep' | 'fresh';
  }): Promise<FixOutcome>;
  rememberedFixes(): Promise<RememberedFix[]>;
  forgetFixes(image: string): Promise<RememberedFix[]>;
  readonly containers: ContainerApi;
  listDockerImages(vm: string): Promise<DockerImage[]>;
  pullImage(options: { vm: string; image: string; arch: Arch }): Promise<DockerImage>;
  importImage(options: { vm: string; path: string; image: string; arch: Arch }): Promise<DockerImage>;
  sampleImage(vm: string, arch: Arch): Promise<DockerImage>;
  removeImage(vm: string, image: string): Promise<void>;
  forecast(options: { vm: string; image: string; arch: Arch | null }): Promise<Forecast>;
  launch(options: { vm: string } & Launch): Promise<{ id: string }>;
  watchLens(
    options: { vm: string; container: string; mode: LensMode; seconds: number },
    signal: AbortSignal,
  ): AsyncGenerator<LensReport, void, undefined>;
  /** `container` null: every process of the VM. */
  sampleProcesses(vm: string, container: string | null): Promise<ProcessSample>;
  watchProcesses(
    vm: string,
    container: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined>;
  /** `container` null: in the VM itself. */
  openTerminal(
    options: { vm: string; container: string | null; argv: string[] | null } & TerminalSize,
  ): Promise<Terminal>;
  listTerminals(): Promise<Terminal[]>;
  closeTerminal(id: string): Promise<void>;
  /** Speaks the raw protocol of contract/terminal.ts on `stream` until either side closes. */
  attachTerminal(id: string, stream: RawStream): void;
  /** A shell of the host, started when there is a size; says in an `exit` message why it cannot be had. */
  attachHostShell(id: string, size: TerminalSize | null, stream: RawStream): void;
  prepareExec(vm: string, argv: string[]): Promise<{ id: string }>;
  attachExec(id: string, stream: RawStream): void;
  buildImage(arch: HostArch): Promise<GuestImage>;
  listImages(): Promise<GuestImage[]>;
  cancelJob(id: string): Promise<Job>;
  findDockerCli(): Promise<DockerCli>;
  installDockerCli(): Promise<DockerCli>;
}

/** A message stream, whatever carries it. Text messages are control messages, binary ones are bytes. */
export interface RawStream {
  send(message: Uint8Array | string): void;
  /** Bytes accepted by `send` which the peer has not taken yet; senders pause above a bound. */
  readonly bufferedBytes: number;
  /**
   * Set once each, right after attaching. While a promise that the listener returned is pending, nothing further is
   * read from the peer.
   */
  onMessage(listener: (message: Uint8Array | string) => void | Promise<void>): void;
  onClose(listener: () => void): void;
  /** Closes after what was sent; `code` and `reason` as WebSocket has them. */
  close(code?: number, reason?: string): void;
}
