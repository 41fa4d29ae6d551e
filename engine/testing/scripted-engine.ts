import { randomUUID } from 'node:crypto';
import type { Arch, HostArch } from '../../contract/arch.ts';
import type { DockerImage } from '../../contract/docker-images.ts';
import type { Diagnosis, FixOutcome, RememberedFix } from '../../contract/doctor.ts';
import type { HandlerUse } from '../../contract/emulation.ts';
import type { Forecast } from '../../contract/launch.ts';
import { protocolVersion } from '../../contract/procedures.ts';
import type { ProcessSample } from '../../contract/process-tree.ts';
import {
  bootStageIds,
  type DockerCli,
  type GuestImage,
  type Handler,
  type Job,
  type SelfTest,
  type Settings,
  type Vm,
} from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import { handlerKey, type StateUpdate } from '../../contract/state.ts';
import type { LensReport } from '../../contract/syscall-lens.ts';
import type { Terminal, TerminalSize } from '../../contract/terminal.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import type { EngineApi, RawStream } from '../api.ts';
import { EngineError } from '../base/engine-error.ts';
import { type Paths, serviceVmName } from '../paths.ts';
import type { RunnableEngine } from '../run-engine.ts';
import { Store } from '../state/store.ts';
import { HostShells } from '../terminal/host-shells.ts';
import { refused } from './refused.ts';
import { runOnStream } from './run-on-stream.ts';
import { scriptedContainers } from './scripted-containers.ts';
import { scriptedFix, scriptedRemembered, scriptedVerdicts } from './scripted-doctor.ts';
import { scriptedTest, scriptedUse } from './scripted-handlers.ts';
import { scriptedHostNetwork } from './scripted-host-network.ts';
import { scriptedForecast, scriptedImage, scriptedLaunch, scriptedLens } from './scripted-images.ts';
import { ScriptedJobs } from './scripted-jobs.ts';
import { ScriptedObjects } from './scripted-objects.ts';
import { scriptedPorts } from './scripted-ports.ts';
import { ScriptedShares } from './scripted-shares.ts';
import { ScriptedTerminals } from './scripted-terminals.ts';
import { scriptedFigures, scriptedState, unusableState } from './scripted-vm.ts';

/**
 * An engine without a VM, for tests of what stands above it: transports, browser mode, command line. A start goes
 * through a compose job and the boot stages at once; `exec` runs its command on this machine; a terminal echoes what
 * it gets, tells its size and ends at `exit N`. The handler of s390x fails, and arm64's can be switched.
 */
export class ScriptedEngine implements RunnableEngine {
  readonly store: Store;
  readonly objects = new ScriptedObjects();
  readonly hostNetwork = scriptedHostNetwork;
  readonly shares = new ScriptedShares();
  readonly containers = scriptedContainers;
  readonly ports = scriptedPorts;
  /** State and process streams that are being read. */
  watchers = 0;
  protocol: number = protocolVersion;
  readonly #startedAt = Date.now();
  readonly #execs = new Map<string, string[]>();
  readonly #terminals = new ScriptedTerminals();
  readonly #hostShells: HostShells;
  readonly #jobs: ScriptedJobs;
  /** What the host told is written here, where clients can see it. */
  readonly #console = ['[    0.000000] Linux version 6.12', 'evil \u001b]52;c;aGk=\u0007 line'];

  constructor(paths: Paths) {
    this.#hostShells = new HostShells({ dockerSocket: paths.dockerSocket, dockerCli: async () => null });
    this.store = new Store(scriptedState(paths));
    this.#jobs = new ScriptedJobs(this.store);
  }

  async start(): Promise<void> {}
  async close(): Promise<void> {
    this.#hostShells.closeAll();
  }

  hostSleeps = async (): Promise<void> => void this.#console.push('the host sleeps');
  hostWoke = async (): Promise<void> => void this.#console.push('the host woke');

  async quit(): Promise<void> {
    if (this.#vm(serviceVmName).state === 'running') await this.stopVm(serviceVmName);
  }

  async info() {
    return { protocol: this.protocol, host: this.store.state.host, startedAt: this.#startedAt };
  }

  async *watchState(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined> {
    this.watchers += 1;
    try {
      yield* this.store.watch(signal);
    } finally {
      this.watchers -= 1;
    }
  }

  async setSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    const value = { ...this.store.state.settings, ...change } as Settings;
    this.store.commit({ in: 'settings', value });
    const { savedState } = this.#vm(serviceVmName);
    if (savedState && change.cpus) this.#setVm({ savedState: { ...savedState, problem: unusableState } });
    if (change.memoryMiB) this.#setVm({ state: 'degraded' });
    return value;
  }

  /** A saved state does not fit any more once the setting `cpus` was changed; `memoryMiB` makes the VM degraded. */
  async startVm({ vm: name, discardState }: { vm: string; discardState: boolean }): Promise<Vm> {
    const { savedState } = this.#vm(name);
    if (savedState?.problem && !discardState) throw new EngineError(savedState.problem);
    this.#jobs.download();
    this.#setVm({ state: 'starting' });
    for (const [index] of bootStageIds.entries()) {
      const stages = bootStageIds.map((id, at) => ({
        id,
        atMs: at <= index ? at * 100 : null,
        problem: null,
      }));
      this.#setVm({ boot: { startedAt: Date.now(), stages } });
    }
    return this.#setVm({
      state: 'running',
      accelerator: 'tcg',
      dockerVersion: '26.1.5',
      savedState: null,
    });
  }

  async stopVm(name: string, by: StopBy = this.store.state.settings.stopBy): Promise<Vm> {
    this.#vm(name);
    if (by === 'shut-down' || this.#vm(name).state === 'degraded') {
      return this.#setVm({ state: 'stopped', savedState: null });
    }
    this.#setVm({ state: 'suspending' });
    const savedState = { savedAt: Date.now(), bytes: 300_000_000, problem: null };
    return this.#setVm({ state: 'suspended', savedState });
  }

  async discardState(name: string): Promise<Vm> {
    this.#vm(name);
    return this.#setVm({ state: 'stopped', savedState: null });
  }

  async vmFigures(name: string): Promise<VmFigures> {
    if (this.#vm(name).state === 'running') return scriptedFigures;
    throw new EngineError({ code: 'wrong_state', message: `VM "${name}" does not run.` });
  }

  async *watchFigures(name: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    this.watchers += 1;
    try {
      yield { ...(await this.vmFigures(name)), cpuShare: null };
      yield await this.vmFigures(name);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      this.watchers -= 1;
    }
  }

  async reclaimDisk(name: string): Promise<Reclaimed> {
    this.#vm(name);
    return { beforeBytes: 3_000_000_000, afterBytes: 2_500_000_000 };
  }

  async growDisk(name: string, diskGiB: number): Promise<Vm> {
    this.#vm(name);
    return this.#setVm({ diskBytes: diskGiB * 1024 ** 3 });
  }

  async restartVm(name: string): Promise<Vm> {
    await this.stopVm(name, 'shut-down');
    return await this.startVm({ vm: name, discardState: false });
  }

  async plugDisk(): Promise<never> {
    throw refused('disks');
  }

  async unplugDisk(): Promise<never> {
    throw refused('disks');
  }

  async consoleLines(name: string, lines: number): Promise<string[]> {
    this.#vm(name);
    return this.#console.slice(-lines);
  }

  async listHandlers(name: string): Promise<Handler[]> {
    this.#vm(name);
    return Object.values(this.store.state.handlers);
  }

  async switchOn(name: string, arch: Arch): Promise<Handler> {
    if (arch === 's390x') {
      throw new EngineError({
        code: 'emulator_failed',
        message: 'Cannot switch s390x on: the self-test ended with exit code 1.',
        hint: 'Try another emulator version.',
      });
    }
    return this.#setHandler(name, arch, {
      state: 'on',
      wanted: true,
      emulatorVersion: '10.0.6',
      flags: 'POCF',
    });
  }

  async switchOff(name: string, arch: Arch): Promise<Handler> {
    return this.#setHandler(name, arch, { state: 'off', wanted: false, flags: null });
  }

  async testHandler(name: string, arch: Arch): Promise<SelfTest> {
    this.#handler(name, arch);
    const ok = this.#handler(name, arch).state === 'on';
    return scriptedTest(ok);
  }

  async switchAll(): Promise<Handler[]> {
    throw refused('way to switch all');
  }

  async handlerUse(name: string, arch: Arch): Promise<HandlerUse> {
    if (this.#handler(name, arch).state !== 'on') {
      throw refused('handlers in use');
    }
    return scriptedUse();
  }

  async chooseEmulator(): Promise<never> {
    throw refused('emulators to choose from');
  }

  async measurePrice(): Promise<never> {
    throw refused('prices');
  }

  async examine(_vm: string, container: string | null): Promise<Record<string, Diagnosis>> {
    return scriptedVerdicts(container);
  }

  async applyFix(options: Parameters<EngineApi['applyFix']>[0]): Promise<FixOutcome> {
    return scriptedFix(options);
  }

  async rememberedFixes(): Promise<RememberedFix[]> {
    return [scriptedRemembered];
  }

  async forgetFixes(image: string): Promise<RememberedFix[]> {
    return image === scriptedRemembered.image ? [] : [scriptedRemembered];
  }

  async listDockerImages(): Promise<DockerImage[]> {
    return [scriptedImage];
  }

  async pullImage(): Promise<DockerImage> {
    return scriptedImage;
  }

  async importImage({ path }: Parameters<EngineApi['importImage']>[0]): Promise<DockerImage> {
    if (path.endsWith('.tar')) return scriptedImage;
    throw new EngineError({ code: 'bad_input', message: `"${path}" is no tar archive.` });
  }

  async sampleImage(): Promise<DockerImage> {
    return scriptedImage;
  }

  async removeImage(): Promise<void> {}

  async forecast({ image }: Parameters<EngineApi['forecast']>[0]): Promise<Forecast> {
    return scriptedForecast(image);
  }

  async launch(options: Parameters<EngineApi['launch']>[0]): Promise<{ id: string }> {
    return scriptedLaunch(options);
  }

  watchLens(options: Parameters<EngineApi['watchLens']>[0]): AsyncGenerator<LensReport, void, undefined> {
    return scriptedLens(options);
  }

  async sampleProcesses(name: string, _container: string | null): Promise<ProcessSample> {
    this.#vm(name);
    return { at: Date.now(), sampleMs: 1, processes: [], taxes: [], omitted: 0 };
  }

  async *watchProcesses(
    name: string,
    container: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined> {
    this.watchers += 1;
    try {
      yield await this.sampleProcesses(name, container);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      this.watchers -= 1;
    }
  }

  async openTerminal(options: { vm: string; argv: string[] | null }): Promise<Terminal> {
    this.#vm(options.vm);
    return this.#terminals.open(options);
  }

  attachHostShell(id: string, size: TerminalSize | null, stream: RawStream): void {
    this.#hostShells.attach(id, size, stream);
  }

  async listTerminals(): Promise<Terminal[]> {
    return this.#terminals.list();
  }

  async closeTerminal(id: string): Promise<void> {
    this.#terminals.close(id);
  }

  attachTerminal(id: string, stream: RawStream): void {
    this.#terminals.attach(id, stream);
  }

  async prepareExec(name: string, argv: string[]): Promise<{ id: string }> {
    this.#vm(name);
    const id = randomUUID();
    this.#execs.set(id, argv);
    return { id };
  }

  attachExec(id: string, stream: RawStream): void {
    const [file, ...args] = this.#execs.get(id) ?? [];
    this.#execs.delete(id);
    if (file === undefined)
      throw new EngineError({ code: 'unknown_terminal', message: `There is no command "${id}".` });
    runOnStream(file, args, stream);
  }

  buildImage(arch: HostArch): Promise<GuestImage> {
    return this.#jobs.buildImage(arch);
  }

  async listImages(): Promise<GuestImage[]> {
    return Object.values(this.store.state.images);
  }

  async cancelJob(id: string): Promise<Job> {
    return this.#jobs.cancel(id);
  }

  async findDockerCli(): Promise<DockerCli> {
    return this.store.state.host.dockerCli;
  }

  /** Fails as only a defect would: with something that is no EngineError. */
  async installDockerCli(): Promise<DockerCli> {
    throw new TypeError('Cannot read properties of undefined');
  }

  #vm(name: string): Vm {
    const vm = this.store.state.vms[name];
    if (vm) return vm;
    throw new EngineError({
      code: 'unknown_vm',
      message: `There is no VM "${name}".`,
      hint: 'VMs here: service.',
    });
  }

  #setVm(change: Partial<Vm>): Vm {
    const value = { ...this.#vm(serviceVmName), ...change };
    this.store.commit({ in: 'vms', key: value.name, value });
    return value;
  }

  #handler(vm: string, arch: Arch): Handler {
    const handler = this.store.state.handlers[handlerKey(vm, arch)];
    if (handler) return handler;
    throw new EngineError({ code: 'unknown_arch', message: `There is no emulator for "${arch}".` });
  }

  #setHandler(vm: string, arch: Arch, change: Partial<Handler>): Handler {
    const value = { ...this.#handler(vm, arch), ...change };
    this.store.commit({ in: 'handlers', key: handlerKey(vm, arch), value });
    return value;
  }
}
