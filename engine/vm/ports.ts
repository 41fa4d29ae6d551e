import type { Duplex, Readable, Writable } from 'node:stream';
import type { Arch } from '../../contract/arch.ts';
import type { EmulatorSuite } from '../../contract/emulation.ts';
import type { Accelerator, AcceleratorTrial, BootStageId, GuestImage } from '../../contract/records.ts';
import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import type { VmPaths } from '../paths.ts';

/*
 * What the parts of the engine are to one another. Adapters (qemu, ssh, docker, terminal, debian) implement these and
 * never import each other; engine.ts puts them together.
 */

/** The control channel into a running guest. Everything rejects with `ssh_failed` once the connection is gone. */
export interface GuestLink {
  /** Aborted when the connection is gone, for whatever reason. */
  readonly signal: AbortSignal;
  /** Runs an argument vector (no shell sees it unquoted) and collects its output. A non-zero exit is no error. */
  exec(argv: readonly string[], options?: GuestExecOptions): Promise<GuestExecResult>;
  /** Runs an argument vector with streams. Aborting `signal` ends it. */
  spawn(argv: readonly string[], options?: { signal?: AbortSignal }): Promise<GuestProcess>;
  /** A program on a pseudo-terminal; `argv` null means the login shell. */
  openPty(options: { argv: readonly string[] | null; cols: number; rows: number }): Promise<GuestPty>;
  /** Writes a whole file as root: temporary file beside it, sync, rename. */
  writeFile(
    path: string,
    content: Uint8Array | Readable,
    options: { mode: number; onProgress?: (doneBytes: number) => void; signal?: AbortSignal },
  ): Promise<void>;
  /** A stream to a Unix socket in the guest; either side may end its half first. */
  connectUnix(path: string): Promise<Duplex>;
  /** A carrier for much data to one Unix socket of the guest; it ends with this connection. */
  carrier(options: SocketCarrierOptions): SocketCarrier;
  close(): Promise<void>;
}

export interface SocketCarrierOptions {
  /** The socket in the guest. */
  readonly guestPath: string;
  /** A folder on the host for this carrier alone, made and removed by it. */
  readonly folder: string;
  readonly log: Log;
}

/** Streams to one Unix socket of the guest, by the best way there is at the moment. */
export interface SocketCarrier {
  /** A new stream; either side may end its half first. */
  connect(): Promise<Duplex>;
  /** Opens a faster way for the streams to come. It costs the guest a key exchange, so not while somebody waits. */
  hasten(): void;
  /** Takes the faster way down, and the streams on it; the others are the link's. */
  close(): Promise<void>;
}

export interface GuestExecOptions {
  readonly input?: Uint8Array | string;
  readonly signal?: AbortSignal;
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** Beyond this the command fails rather than fill memory. Default 4 MiB for each stream. */
  readonly maxOutputBytes?: number;
}

export interface GuestExecResult {
  /** Exit status; 128 + n when signal n ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GuestProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects; null when the connection went away first. */
  readonly exited: Promise<number | null>;
  kill(): void;
}

export interface GuestPty {
  /** Bytes both ways. */
  readonly stream: Duplex;
  readonly exited: Promise<number | null>;
  resize(cols: number, rows: number): void;
  close(): void;
}

/** Keys of one VM, OpenSSH formats; the host key is made here and handed to the guest, so it is known beforehand. */
export interface VmKeys {
  readonly clientPrivate: string;
  readonly clientPublic: string;
  readonly hostPrivate: string;
  readonly hostPublic: string;
}

export interface GuestConnector {
  makeKeys(): Promise<VmKeys>;
  /** One attempt; the caller retries. Refuses any host key but `keys.hostPublic`. */
  connect(options: { port: number; keys: VmKeys; signal: AbortSignal }): Promise<GuestLink>;
}

/** Files of a composed guest image; read-only for everybody but image/. */
export interface ComposedImage {
  readonly record: GuestImage;
  readonly rootPath: string;
  /** In hexadecimal. */
  readonly rootSha256: string;
  readonly kernelPath: string;
  /** The same where QEMU emulates the processor: unpacked beforehand if the kernel can be started so. */
  readonly emulatedKernelPath: string;
  /** Without the VM's secrets, which are concatenated behind it. */
  readonly initrdPath: string;
  /** Serial console device of this architecture, `ttyS0` or `ttyAMA0`. */
  readonly console: string;
  /** What the kernel is booted with, console included; QEMU's `-append`. */
  readonly kernelCommandLine: string;
  /** The same where QEMU emulates the processor: only there CPU mitigations protect nothing and cost a lot. */
  readonly emulatedKernelCommandLine: string;
}

export interface GuestImages {
  /** The image for this template and architecture, composed first when there is none; a Job shows the progress. */
  ensure(options: { arch: 'amd64' | 'arm64'; signal: AbortSignal }): Promise<ComposedImage>;
  /** What is composed already; null otherwise. */
  find(arch: 'amd64' | 'arm64'): Promise<ComposedImage | null>;
  /** The image with this id, of whatever template; null when it is not there any more. */
  byId(id: string): Promise<ComposedImage | null>;
}

/** Starts QEMU and takes over those which an earlier engine started. */
export interface Hypervisor {
  /**
   * Boots `image` under the best accelerator that brings the guest's own init to speak. Throws `tool_missing`,
   * `tool_too_old`, `accelerator_failed`, `qemu_failed` or `disk_full`; nothing runs then.
   */
  start(options: MachineStart): Promise<Machine>;
  /**
   * Loads a saved memory into a QEMU of the same shape; the guest stands still until `Machine.resume`. The saved memory
   * is only read. Throws as `start` does, or `saved_state_unusable` where QEMU refuses it; nothing runs then.
   */
  resume(options: MachineResume): Promise<Machine>;
  /** What has changed since a memory was saved, as the end of "it was suspended with ..."; null when it fits. */
  misfit(options: MachineMatch): Promise<string | null>;
  /**
   * The running QEMU of this VM, when it answers with the VM's UUID; otherwise removes what is left of one. With
   * `statePublished`, one whose guest stands still is ended: its memory is safe on disk.
   */
  adopt(options: {
    vm: VmRecord;
    paths: VmPaths;
    statePublished: boolean;
    signal: AbortSignal;
  }): Promise<Machine | null>;
}

/** What the settings say about the machine. */
export interface WantedMachine {
  /** `auto`, or the one accelerator to be used whatever is remembered about it. */
  readonly accelerator: Accelerator | 'auto';
  /** QEMU's `-cpu` under TCG; null: the measured default. */
  readonly cpuModel: string | null;
}

/** What a saved memory fits: it can be loaded where all of this is the same. */
export interface MachineIdentity {
  readonly qemuVersion: string;
  readonly accelerator: Accelerator;
  /** The host's processor where the guest uses it as it is; null under TCG. */
  readonly processor: string | null;
  readonly size: MachineSize;
  /** QEMU's arguments, without what may change between two runs. */
  readonly shape: readonly string[];
}

/** A saved machine and what would be started now. */
export interface MachineMatch {
  readonly vm: VmRecord;
  readonly paths: VmPaths;
  readonly image: ComposedImage;
  readonly identity: MachineIdentity;
  readonly wanted: WantedMachine;
  readonly signal: AbortSignal;
}

export interface MachineResume {
  readonly vm: VmRecord;
  readonly paths: VmPaths;
  readonly image: ComposedImage;
  readonly identity: MachineIdentity;
  readonly cpuModel: string | null;
  readonly trials: readonly AcceleratorTrial[];
  /** Epoch milliseconds of the guest's boot. */
  readonly bootedAt: number;
  readonly onSpawn: (spawned: MachineSpawn) => void;
  readonly signal: AbortSignal;
}

export interface MachineStart extends WantedMachine {
  readonly vm: VmRecord;
  readonly paths: VmPaths;
  readonly image: ComposedImage;
  readonly size: MachineSize;
  /** Each QEMU that is spawned: the boot timeline starts again, the serial console's file is empty again. */
  readonly onSpawn: (spawned: MachineSpawn) => void;
  /** Each verdict as it falls, remembered ones included. */
  readonly onTrial: (trial: AcceleratorTrial) => void;
  readonly signal: AbortSignal;
}

export interface MachineSize {
  readonly cpus: number;
  readonly memoryMiB: number;
}

export interface MachineSpawn {
  readonly pid: number;
  readonly accelerator: Accelerator;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Why QEMU stopped the guest's processors, though nobody asked it to. */
export interface MachinePause {
  readonly reason: 'disk_full' | 'disk_error' | 'other';
  /** QEMU's own words, such as "No space left on device". */
  readonly detail: string;
}

/** A running QEMU. */
export interface Machine extends MachineIdentity {
  readonly pid: number;
  readonly uuid: string;
  readonly trials: readonly AcceleratorTrial[];
  readonly sshPort: number;
  /** Epoch milliseconds at which QEMU was spawned. */
  readonly spawnedAt: number;
  /** Epoch milliseconds at which its guest booted: earlier than `spawnedAt` where it was resumed. */
  readonly bootedAt: number;
  readonly adopted: boolean;
  /** An earlier engine was killed while it suspended or resumed it: the guest stands still until `resume`. */
  readonly interrupted: boolean;
  /** Id of the guest image it was started with. */
  readonly imageId: string;
  /** Of the kernel in that image. */
  readonly kernelVersion: string;
  /** Resolves when the process is gone and its socket and run file are removed; never rejects. */
  readonly exited: Promise<MachineExit>;
  readonly forwards: PortForwards;
  readonly disks: HotDisks;
  /** Null while the guest's processors run. */
  readonly pause: MachinePause | null;
  /** Calls `listener` at each change of `pause` until the returned function is called. */
  onPause(listener: (pause: MachinePause | null) => void): () => void;
  /** Lets a guest that stands still run on, after a save too; what failed is tried again by QEMU. */
  resume(): Promise<void>;
  /**
   * Stops the guest and writes its memory and devices to `path`, not synced. Its disk is complete then. Whether that
   * succeeds, fails or `signal` aborts it, the guest stands still. Throws `qemu_failed`; `tool_too_old` before it stops.
   */
  save(options: { path: string; onStopped: () => void; signal: AbortSignal }): Promise<void>;
  /** Its device for shared folders, which the guest mounts by the tag `foredeck`. */
  readonly folders: 'plugged' | 'possible' | 'impossible';
  /** Gives the guest that device, served at `socketPath`. Throws `qemu_failed`. */
  plugFolders(socketPath: string): Promise<void>;
  /** Makes the data disk larger while the guest runs, not the file system on it. Throws `qemu_failed`. */
  growDataDisk(sizeBytes: number): Promise<void>;
  /** Lets go of QEMU, which runs on for the next engine to adopt. */
  detach(): void;
  /** ACPI power button. */
  powerDown(): Promise<void>;
  /** QMP `quit`. */
  quit(): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the exit is confirmed. */
  terminate(graceMs?: number): Promise<void>;
}

export interface MachineExit {
  /** Both null for an adopted QEMU, whose exit status goes to nobody. */
  readonly code: number | null;
  readonly signal: string | null;
  /** QEMU's ShutdownCause (qapi/run-state.json), such as `guest-shutdown`; null when it said none. */
  readonly cause: string | null;
  /** QEMU's own last words. */
  readonly stderrTail: string;
}

export interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  /** Always explicit: without one QEMU binds 0.0.0.0. */
  readonly hostAddress: string;
  /** 0, where one is added: whichever the kernel picks. */
  readonly hostPort: number;
  readonly guestPort: number;
}

/** Published ports, through QEMU's user network (`hostfwd_add`). */
export interface PortForwards {
  /** Throws `port_taken` where the host does not let it be had; `errno` in its details is the system's error name. */
  add(forward: PortForward): Promise<void>;
  /** One that is not there is no error: the guest may have been restarted meanwhile. */
  remove(forward: PortForward): Promise<void>;
  /** What is forwarded now, the way to the guest's sshd left out. */
  list(): Promise<PortForward[]>;
}

/** A file of the host as a read-only disk of a running guest. */
export interface HotDisk {
  readonly path: string;
  /** At most 20 bytes; the guest finds the disk by it (`/sys/block/<disk>/serial`). */
  readonly serial: string;
}

/** Disks which come and go while a guest runs: the way for much data into it, past SSH. */
export interface HotDisks {
  /** Throws `wrong_state` when this serial is plugged in already or no slot is free. */
  plug(disk: HotDisk): Promise<void>;
  /** Serials of the disks which are plugged in. */
  plugged(): Promise<string[]>;
  /** Resolves when the guest has let go of the disk; one that is not plugged in is `qemu_failed`. */
  unplug(serial: string, signal: AbortSignal): Promise<void>;
}

/** What one guest needs to know of itself (authorised key, host key, name), as a cpio for the initrd's end. */
export type GuestSecrets = (options: {
  readonly vm: VmRecord;
  readonly keys: VmKeys;
}) => Uint8Array | Promise<Uint8Array>;

/** What a VM's folder remembers. */
export interface VmRecord {
  readonly name: string;
  readonly kind: 'service' | 'foreign';
  readonly arch: Arch;
  readonly uuid: string;
  readonly diskGiB: number;
  readonly createdAt: number;
}

/** Names a package of one architecture in one suite. */
export interface PackageName {
  readonly packageName: string;
  /** Throws `package_missing` for one that Debian does not have. */
  readonly arch: Arch;
  /** Default `stable`: the template's own suites. */
  readonly suite?: EmulatorSuite;
}

/** Single files out of Debian packages, verified as the guest image's packages are. */
export interface PackageFiles {
  /**
   * Fetches a package, checks it, and unpacks those of its files which `wanted` accepts (paths without leading `/`)
   * into a folder of the cache, once per package version. Callers at the same time share the work.
   */
  fetch(
    options: PackageName & {
      wanted: (path: string) => boolean;
      /** Names the folder; the same key must always mean the same `wanted`. */
      key: string;
      /** What was unpacked once serves, however old: no package list is asked for. Default false: within a day. */
      anyAge?: boolean;
      signal: AbortSignal;
      onProgress?: (doneBytes: number, totalBytes: number | null) => void;
    },
  ): Promise<{ version: string; folder: string }>;
  /** The newest version as the package lists of the last day have it; downloads lists at most. */
  newestVersion(options: PackageName & { signal: AbortSignal }): Promise<string>;
}

/** What runs while a VM is up. The VM calls it after each connect; what it makes belongs to `scope`. */
export interface GuestServices {
  /**
   * Resolves when Docker answers on the host and emulators are restored; `stage` tells the boot timeline. Rejects
   * when one of them failed for good.
   */
  attach(options: {
    vm: VmRecord;
    link: GuestLink;
    machine: Machine;
    scope: Scope;
    stage: (id: BootStageId, problem?: string) => void;
  }): Promise<void>;
}
