import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EngineError } from './base/engine-error.ts';

/**
 * Every file name under FOREDECK_HOME. Each entry says who writes it and who removes it; docs/data-dir.md tells the
 * same to people.
 */
export interface Paths {
  readonly home: string;
  /** Engine, at start; removed by it at its end. The engine's only listening socket. */
  readonly engineSocket: string;
  /** Engine, at start; stays empty. The lock is the kernel's, held on this file while the engine lives (base/lock.ts). */
  readonly engineLock: string;
  /** Engine, appended. Set aside as `engine.log.1` beyond 5 MB by whoever starts the next engine. */
  readonly engineLog: string;
  /** Engine, when a setting changes. */
  readonly settings: string;
  /** Engine, when a folder is shared or no longer. */
  readonly shares: string;
  /** Engine, after a start: which accelerators worked with which QEMU, kernel and machine. Safe to delete. */
  readonly accelerators: string;
  /** Engine, when a doctor's fix made an image run. Safe to delete: fixes are then offered in their usual order. */
  readonly rememberedFixes: string;
  /** Host side of the service VM's Docker socket; exists while it is forwarded. */
  readonly dockerSocket: string;
  /** Downloads: package lists and packages by hash; safe to delete while no engine runs. */
  readonly cache: string;
  /** Composed guest images, one folder an image. */
  readonly images: string;
  /** Disks to be plugged into a running VM, `<name>.img`; whoever made one removes it. Safe to delete once unplugged. */
  readonly disks: string;
  /** Docker CLI unpacked on request. */
  readonly tools: string;
  /** Electron: the window's Chromium profile and single-instance lock; safe to delete while no window is open. */
  readonly window: string;
  /** Electron, when its window closes: where it was on each display. Safe to delete. */
  readonly windowPlaces: string;
  /** One folder a VM. */
  readonly vms: string;
  vm(name: string): VmPaths;
}

export interface VmPaths {
  readonly root: string;
  /** Engine, when a VM is made or changed: name, arch, UUID, sizes, image. */
  readonly record: string;
  /** Engine, at the first start; holds /var/lib/docker, emulators and the guest's home. Removed by a factory reset only. */
  readonly dataDisk: string;
  /** Engine, random and new before each boot and each resume: a state that was saved for another one is never used. */
  readonly diskGeneration: string;
  /** Engine and QEMU, while the VM is suspended; excluded from backups by its `CACHEDIR.TAG`. Holds the next two. */
  readonly stateFolder: string;
  /** QEMU, when the VM is suspended: the guest's memory and devices (0600). Removed by the engine before it runs again. */
  readonly savedMemory: string;
  /** Engine, when that is safe on disk: makes it a saved state. Removed before the guest runs again. */
  readonly savedManifest: string;
  /** Engine, when a handler is switched: which emulators are wanted in this VM, and in which version. */
  readonly emulators: string;
  /** Engine, after measuring: what each emulator costs in this VM. Safe to delete. */
  readonly prices: string;
  /** Engine, when a person chooses another port of the host for a container: which. Safe to delete while it does not run. */
  readonly portChoices: string;
  /** Engine, once: client key and pinned host key of this VM (0600). */
  readonly keys: string;
  /** Engine, at each start: the image's initrd with this guest's secrets behind it (0600). */
  readonly initrd: string;
  /** QEMU, appended from each start; cut by the engine before a start. */
  readonly console: string;
  /** QEMU's control socket, while it runs. */
  readonly qmpSocket: string;
  /** QEMU, locked by it while it runs, so that no second one starts for this VM. */
  readonly pidFile: string;
  /** Engine, while QEMU runs: what is needed to adopt it (pid, UUID, ports, command line). */
  readonly run: string;
  /** Engine, when a boot is over: its timeline, for the engine that adopts the VM. */
  readonly boot: string;
  /** Engine, while OpenSSH carries the Docker socket: folder (0700) with the VM's key, its host key and a socket. */
  readonly carrier: string;
  /** Engine, while folders are shared: empty on the host; in the namespace of their server they lie below it. */
  readonly sharesRoot: string;
  /** The server for shared folders, while it runs; its only client is this VM's QEMU. */
  readonly sharesSocket: string;
  /** Engine, while that server runs: what is needed to take it over. */
  readonly sharesNote: string;
  /** What that server said, from its last start on. */
  readonly sharesLog: string;
  /** QEMU's standard error. */
  readonly qemuLog: string;
  /** Host side of this VM's Docker socket. */
  readonly dockerSocket: string;
}

/** The name of the VM which has the host's architecture. */
export const serviceVmName = 'service';

/** The Docker context of a VM: `foredeck` for the service VM, `foredeck-<vm>` for others. */
export function dockerContextName(vm: string): string {
  return vm === serviceVmName ? 'foredeck' : `foredeck-${vm}`;
}

/**
 * The longest socket path under the home must fit into `sockaddr_un.sun_path`: 108 bytes on Linux, 104 on macOS, the
 * closing zero included (unix(7)).
 */
const longestSocketPathBytes = 103;

/** The home folder asked for by the environment, `~/.foredeck` otherwise. */
export function homeFromEnvironment(environment: NodeJS.ProcessEnv = process.env): string {
  const asked = environment.FOREDECK_HOME;
  return asked ? resolve(asked) : join(homedir(), '.foredeck');
}

/** All file names under `home`. Throws `home_unusable` when a socket path would be too long. */
export function pathsUnder(home: string): Paths {
  const vms = join(home, 'vms');
  const dockerSocket = join(home, 'docker.sock');
  const vm = (name: string): VmPaths => {
    const root = join(vms, name);
    return {
      root,
      record: join(root, 'vm.json'),
      dataDisk: join(root, 'data.qcow2'),
      diskGeneration: join(root, 'data.generation'),
      stateFolder: join(root, 'state'),
      savedMemory: join(root, 'state', 'memory'),
      savedManifest: join(root, 'state', 'manifest.json'),
      emulators: join(root, 'emulators.json'),
      prices: join(root, 'prices.json'),
      portChoices: join(root, 'ports.json'),
      keys: join(root, 'keys.json'),
      initrd: join(root, 'initrd.img'),
      console: join(root, 'console.log'),
      qmpSocket: join(root, 'qmp.sock'),
      pidFile: join(root, 'qemu.pid'),
      run: join(root, 'run.json'),
      boot: join(root, 'boot.json'),
      carrier: join(root, 'ssh'),
      sharesRoot: join(root, 'shares'),
      sharesSocket: join(root, 'share.sock'),
      sharesNote: join(root, 'shares.json'),
      sharesLog: join(root, 'virtiofsd.log'),
      qemuLog: join(root, 'qemu.log'),
      dockerSocket: name === serviceVmName ? dockerSocket : join(root, 'docker.sock'),
    };
  };
  const longest = Buffer.byteLength(vm('x'.repeat(20)).dockerSocket);
  if (longest > longestSocketPathBytes) {
    const room = longestSocketPathBytes - (longest - Buffer.byteLength(home));
    throw new EngineError({
      code: 'home_unusable',
      message: `FOREDECK_HOME "${home}" is ${Buffer.byteLength(home)} bytes long; a Unix socket below it leaves room for ${room}.`,
      hint: 'Set FOREDECK_HOME to a shorter path.',
    });
  }
  return {
    home,
    engineSocket: join(home, 'engine.sock'),
    engineLock: join(home, 'engine.lock'),
    engineLog: join(home, 'engine.log'),
    settings: join(home, 'settings.json'),
    shares: join(home, 'shares.json'),
    accelerators: join(home, 'accelerators.json'),
    rememberedFixes: join(home, 'fixes.json'),
    dockerSocket,
    cache: join(home, 'cache'),
    images: join(home, 'images'),
    disks: join(home, 'disks'),
    tools: join(home, 'tools'),
    window: join(home, 'window'),
    windowPlaces: join(home, 'window.json'),
    vms,
    vm,
  };
}
