import { join } from 'node:path';
import type { Settings } from '../contract/records.ts';
import type { State } from '../contract/state.ts';
import type { Log } from './base/log.ts';
import { openContainerPty } from './docker/container-pty.ts';
import { Containers } from './docker/containers/containers.ts';
import { DockerCliFinder } from './docker/docker-cli-finder.ts';
import { DockerContexts } from './docker/docker-contexts.ts';
import { DockerServices } from './docker/docker-services.ts';
import { DockerImages } from './docker/images/docker-images.ts';
import { SyscallLens } from './docker/lens/syscall-lens.ts';
import { DockerObjects } from './docker/objects/docker-objects.ts';
import { HostPorts } from './docker/ports/host-ports.ts';
import { Doctor } from './emulation/doctor/doctor.ts';
import { foreignVmsAbsent } from './emulation/doctor/foreign-vms-absent.ts';
import { RememberedFixes } from './emulation/doctor/remembered-fixes.ts';
import { createHandlers } from './emulation/handlers.ts';
import { syscallName, syscallNumber } from './emulation/syscalls/syscall-name.ts';
import { Engine } from './engine.ts';
import { ConnectedGuests } from './guest-services.ts';
import { hostInfo } from './host-info.ts';
import { createGuestImages } from './image/guest-images.ts';
import { createPackageFiles } from './image/package-files.ts';
import { buildSecretsCpio } from './image/secrets-cpio.ts';
import { TemplateSource } from './image/template-source.ts';
import { cpioEntries } from './network/guest-files.ts';
import { GuestNetwork } from './network/guest-network.ts';
import { HostNetwork } from './network/host-network.ts';
import { type Paths, serviceVmName } from './paths.ts';
import { createProcessTrees } from './process-tree/process-trees.ts';
import { createHypervisor } from './qemu/hypervisor.ts';
import { SharedFolders } from './shares/shared-folders.ts';
import { Shares } from './shares/shares.ts';
import { SharesFile } from './shares/shares-file.ts';
import { Virtiofsd } from './shares/virtiofsd.ts';
import { createGuestConnector } from './ssh/guest-connector.ts';
import { ActivityLog } from './state/activity-log.ts';
import { Jobs } from './state/jobs.ts';
import { changeSettings, SettingsFile } from './state/settings-file.ts';
import { Store } from './state/store.ts';
import { Execs } from './terminal/execs.ts';
import { HostShells } from './terminal/host-shells.ts';
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
  const activity = new ActivityLog();
  const ports = new HostPorts({ paths, store, platform: process.platform, log });
  const docker = new DockerServices({ paths, store, contexts, ports, activity, log });
  const dockerImages = new DockerImages({
    store,
    jobs,
    packages,
    connection: (vm) => docker.connection(vm),
    knownImages: join(root, 'resources', 'known-images', 'known-images.json'),
  });
  const objects = new DockerObjects({ jobs, activity, connection: (vm) => docker.connection(vm) });
  const lens = new SyscallLens({
    store,
    connection: (vm) => docker.connection(vm),
    names: { name: syscallName, number: syscallNumber },
    advice: join(root, 'resources', 'syscall-advice', 'syscall-advice.json'),
    log,
  });
  const handlers = createHandlers({
    store,
    paths,
    packages,
    jobs,
    log,
    processesOf: (vm) => trees.sample(vm, null),
  });
  const trees = createProcessTrees({ log, onEntries: (vm, entries) => handlers.entriesSeen(vm, entries) });
  const doctor = new Doctor({
    store,
    handlers,
    foreignVms: foreignVmsAbsent,
    remembered: new RememberedFixes(paths.rememberedFixes, log),
    catalogueFolder: join(root, 'resources', 'doctor-catalogue'),
    hostPlatform: process.platform,
    log,
  });
  const sharedFolders = new SharedFolders({
    store,
    paths,
    virtiofsd: new Virtiofsd({ packages, jobs, tools: paths.tools, arch: host.arch, log }),
    log,
  });
  const proxySource = { environment: process.env, platform: process.platform };
  const network = new GuestNetwork({ settings, proxySource, log });
  const guests = new ConnectedGuests({
    store,
    sharedFolders,
    docker,
    dockerImages,
    handlers,
    trees,
    doctor,
    network,
    onFreed: (vm) => vms.diskFreed(vm),
    log,
  });
  const vms = new Vms({
    paths,
    store,
    log,
    host,
    settings,
    hypervisor: createHypervisor({ log, verdictsPath: paths.accelerators, folders: sharedFolders }),
    images,
    connector: createGuestConnector(),
    services: guests,
    secrets: async ({ vm, keys }) =>
      buildSecretsCpio({
        authorizedKey: keys.clientPublic,
        hostPrivateKey: keys.hostPrivate,
        hostPublicKey: keys.hostPublic,
        hostname: vm.name === serviceVmName ? 'foredeck' : vm.name,
        settings: {},
        more: cpioEntries(await network.files(), 'foredeck/network'),
      }),
    jobs,
    keepDiskSize: async (diskGiB) => {
      const value = changeSettings(settings(), { diskGiB });
      await settingsFile.write(value);
      store.commit({ in: 'settings', value });
    },
  });
  const linkOf = (name: string) => vms.link(name);
  return new Engine({
    log,
    settingsFile,
    store,
    jobs,
    activity,
    images,
    dockerCli,
    docker,
    ports,
    containers: new Containers({ store, connection: (vm) => docker.connection(vm), trees }),
    dockerImages,
    lens,
    objects,
    network,
    hostNetwork: new HostNetwork({ settings, proxySource }),
    shares: new Shares({
      store,
      file: new SharesFile(paths.shares),
      folders: sharedFolders,
      platform: process.platform,
    }),
    handlers,
    trees,
    doctor,
    guests,
    vms,
    terminals: new Terminals({
      start: ({ vm, container, ...program }) =>
        container === null
          ? linkOf(vm).openPty(program)
          : openContainerPty(docker.connection(vm), { container, ...program }),
    }),
    hostShells: new HostShells({
      dockerSocket: paths.vm(serviceVmName).dockerSocket,
      dockerCli: () => dockerCli.path(),
    }),
    execs: new Execs({ linkOf }),
  });
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
      dockerCli: { state: 'missing', path: null, version: null, compose: null, installable: false, hint: '' },
    },
    settings,
    vms: {},
    containers: {},
    handlers: {},
    jobs: {},
    images: {},
    dockerImages: {},
    volumes: {},
    networks: {},
    shares: {},
  };
}
