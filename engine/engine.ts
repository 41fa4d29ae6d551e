import { join } from 'node:path';
import type { Arch, HostArch } from '../contract/arch.ts';
import { protocolVersion } from '../contract/procedures.ts';
import type { ProcessSample } from '../contract/process-tree.ts';
import type { DockerCli, GuestImage, Handler, Job, SelfTest, Settings, Vm } from '../contract/records.ts';
import type { State, StateUpdate } from '../contract/state.ts';
import type { Terminal, TerminalSize } from '../contract/terminal.ts';
import type { EngineApi, RawStream } from './api.ts';
import { isAbort } from './base/engine-error.ts';
import type { Log } from './base/log.ts';
import { Scope } from './base/scope.ts';
import { DockerCliFinder } from './docker/docker-cli-finder.ts';
import { DockerContexts } from './docker/docker-contexts.ts';
import { DockerServices } from './docker/docker-services.ts';
import { createHandlers, type Handlers } from './emulation/handlers.ts';
import { ConnectedGuests } from './guest-services.ts';
import { hostInfo } from './host-info.ts';
import { type ComposedImages, createGuestImages } from './image/guest-images.ts';
import { createPackageFiles } from './image/package-files.ts';
import { buildSecretsCpio } from './image/secrets-cpio.ts';
import { TemplateSource } from './image/template-source.ts';
import { type Paths, serviceVmName } from './paths.ts';
import { createProcessTrees, type ProcessTrees } from './process-tree/process-trees.ts';
import { createHypervisor } from './qemu/hypervisor.ts';
import { createGuestConnector } from './ssh/guest-connector.ts';
import { Jobs } from './state/jobs.ts';
import { changeSettings, SettingsFile } from './state/settings-file.ts';
import { Store } from './state/store.ts';
import { Execs } from './terminal/execs.ts';
import { Terminals } from './terminal/terminals.ts';
import { Vms } from './vm/vms.ts';

export interface EngineOptions {
  readonly paths: Paths;
  readonly log: Log;
  /** Folder which holds `vm-templates/` and `resources/`: the clone, or the packaged app's resources. */
  readonly root: string;
  readonly version: string;
}

/** The only place which knows concrete classes. Reads the settings; everything else waits for `start()`. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { paths, log, root } = options;
  const host = hostInfo();
  const settingsFile = new SettingsFile(paths.settings);
  const store = new Store(emptyState({ ...options, host, settings: await settingsFile.read() }));
  const settings = (): Settings => store.state.settings;
  const jobs = new Jobs(store);
  const source = new TemplateSource({
    paths,
    log,
    templateFolder: join(root, 'vm-templates', 'debian-13'),
    keyringPath: join(root, 'resources', 'debian-archive-keyring', 'debian-archive-keyring.gpg'),
    mirrorSetting: () => settings().mirror ?? process.env.FOREDECK_MIRROR ?? null,
  });
  const images = createGuestImages({ source, jobs });
  const packages = createPackageFiles(source);
  const dockerCli = new DockerCliFinder({
    store,
    packages,
    jobs,
    tools: paths.tools,
    arch: host.arch,
    platform: process.platform,
    searchPath: process.env.PATH ?? '',
  });
  const contexts = new DockerContexts({ home: paths.home, findCli: () => dockerCli.path(), log });
  const docker = new DockerServices({ paths, store, contexts, log });
  const handlers = createHandlers({ store, paths, packages, jobs, log });
  const trees = createProcessTrees({ log, onEntries: (vm, entries) => handlers.entriesSeen(vm, entries) });
  const guests = new ConnectedGuests({ store, docker, handlers, trees, log });
  const vms = new Vms({
    paths,
    store,
    log,
    host,
    settings,
    hypervisor: createHypervisor({ log, verdictsPath: paths.accelerators }),
    images,
    connector: createGuestConnector(),
    services: guests,
    secrets: ({ vm, keys }) =>
      buildSecretsCpio({
        authorizedKey: keys.clientPublic,
        hostPrivateKey: keys.hostPrivate,
        hostPublicKey: keys.hostPublic,
        hostname: vm.name === serviceVmName ? 'foredeck' : vm.name,
        settings: {},
      }),
  });
  const linkOf = (name: string) => vms.link(name);
  return new Engine({
    log,
    settingsFile,
    store,
    jobs,
    images,
    dockerCli,
    docker,
    handlers,
    trees,
    guests,
    vms,
    terminals: new Terminals({ linkOf }),
    execs: new Execs({ linkOf }),
  });
}

interface Parts {
  readonly log: Log;
  readonly settingsFile: SettingsFile;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly images: ComposedImages;
  readonly dockerCli: DockerCliFinder;
  readonly docker: DockerServices;
  readonly handlers: Handlers;
  readonly trees: ProcessTrees;
  readonly guests: ConnectedGuests;
  readonly vms: Vms;
  readonly terminals: Terminals;
  readonly execs: Execs;
}

/** The parts behind one API. */
export class Engine implements EngineApi {
  readonly #parts: Parts;
  readonly #scope = new Scope('engine');
  readonly #startedAt = Date.now();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Adopts the VMs which an earlier engine left running, then starts the service VM when the setting says so, without
   * waiting for it to boot.
   */
  async start(): Promise<void> {
    const { vms, images, dockerCli, handlers, store, log } = this.#parts;
    await images.removeLeftovers();
    await vms.load();
    await Promise.all(Object.values(store.state.vms).map((vm) => handlers.load(vm)));
    await this.#publishImages();
    await dockerCli.find();
    const adopted = await vms.adoptAll(this.#scope.signal);
    if (adopted.length > 0) log.info({ adopted }, 'took over running VMs');
    if (!store.state.settings.autoStart || adopted.includes(serviceVmName)) return;
    this.startVm(serviceVmName).catch((thrown) => {
      // The VM's record tells people; a start that was cancelled is nothing to tell.
      if (!isAbort(thrown)) log.error({ err: thrown }, 'the service VM did not start');
    });
  }

  /** With `stopVms` false the VMs run on, for the next engine to adopt. Safe to call again. */
  async close(options: { stopVms: boolean }): Promise<void> {
    const { terminals, vms } = this.#parts;
    await this.#scope.close();
    terminals.closeAll();
    await (options.stopVms ? this.#stopAll() : vms.detachAll());
  }

  async info() {
    return { protocol: protocolVersion, host: this.#parts.store.state.host, startedAt: this.#startedAt };
  }

  async quit(): Promise<void> {
    await this.close({ stopVms: true });
  }

  watchState(signal: AbortSignal): AsyncGenerator<StateUpdate, void, undefined> {
    return this.#parts.store.watch(signal);
  }

  async setSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    const { settingsFile, store } = this.#parts;
    const value = changeSettings(store.state.settings, change);
    await settingsFile.write(value);
    store.commit({ in: 'settings', value });
    return value;
  }

  async startVm(vm: string): Promise<Vm> {
    const started = await this.#parts.vms.start(vm);
    await this.#publishImages();
    return started;
  }

  async stopVm(vm: string): Promise<Vm> {
    const { vms, docker } = this.#parts;
    const stopped = await vms.stop(vm);
    await docker.vmStopped(vm, this.#scope.signal);
    return stopped;
  }

  async restartVm(vm: string): Promise<Vm> {
    return await this.#parts.vms.restart(vm);
  }

  consoleLines(vm: string, lines: number): Promise<string[]> {
    return this.#parts.vms.consoleLines(vm, lines);
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

  openTerminal(options: { vm: string; argv: string[] | null } & TerminalSize): Promise<Terminal> {
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

  async #stopAll(): Promise<void> {
    const { vms, docker, store } = this.#parts;
    await vms.stopAll();
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

function emptyState(
  options: EngineOptions & { host: ReturnType<typeof hostInfo>; settings: Settings },
): State {
  const { paths, version, host, settings } = options;
  return {
    host: {
      ...host,
      home: paths.home,
      engineVersion: version,
      enginePid: process.pid,
      dockerCli: { state: 'missing', path: null, version: null, installable: false, hint: '' },
    },
    settings,
    vms: {},
    containers: {},
    handlers: {},
    jobs: {},
    images: {},
  };
}
