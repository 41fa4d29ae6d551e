import { z } from 'zod';
import { Arch, HostArch } from './arch.ts';
import { DesktopSettings } from './desktop.ts';
import { Diagnosis } from './doctor.ts';
import { Drift, EmulatorChoice, Price } from './emulation.ts';
import { WireError } from './errors.ts';
import { NetworkSettings } from './host-network.ts';
import { PublishedPort } from './published-ports.ts';
import { SavedState, StopBy } from './saved-state.ts';
import { BindMount } from './shares.ts';

/** Milliseconds since the Unix epoch, by the host's clock. */
const EpochMs = z.number().nonnegative();

/** A VM's name: also a folder name and part of a Docker context's name. */
export const VmName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, 'a VM name is 1 to 20 of a-z, 0-9 and -, starting with a letter');
export type VmName = z.infer<typeof VmName>;

/** A disk to be plugged into a running VM: `disks/<name>.img` under FOREDECK_HOME, and its serial in the guest. */
export const DiskName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,19}$/, 'a disk name is 1 to 20 of a-z, 0-9 and -');
export type DiskName = z.infer<typeof DiskName>;

export const vmStates = [
  'absent',
  'composing',
  'stopped',
  'starting',
  'running',
  'degraded',
  'suspending',
  'suspended',
  'stopping',
  'broken',
] as const;
export const VmState = z.enum(vmStates);
export type VmState = z.infer<typeof VmState>;

export const Accelerator = z.enum(['hvf', 'kvm', 'tcg']);
export type Accelerator = z.infer<typeof Accelerator>;

/** What the engine found when it tried an accelerator with the real kernel. */
export const AcceleratorTrial = z.object({
  accelerator: Accelerator,
  works: z.boolean(),
  /** Plain words: "the kernel spoke after 1.2 s", "no kernel output within 6 s". */
  why: z.string(),
  at: EpochMs,
});
export type AcceleratorTrial = z.infer<typeof AcceleratorTrial>;

/** The steps of a start in the order they are expected; the boot timeline shows them. */
export const bootStageIds = [
  'qemu',
  'kernel',
  'init',
  'disks',
  'network',
  'sshd',
  'containerd',
  'dockerd',
  'ssh',
  'docker',
  'emulators',
] as const;
export const BootStageId = z.enum(bootStageIds);
export type BootStageId = z.infer<typeof BootStageId>;

export const BootStage = z.object({
  id: BootStageId,
  /** Milliseconds after QEMU was spawned; null while it has not happened. */
  atMs: z.number().nonnegative().nullable(),
  /** Set when the start failed or stalls here. */
  problem: z.string().nullable(),
});
export type BootStage = z.infer<typeof BootStage>;

export const Vm = z.object({
  name: VmName,
  kind: z.enum(['service', 'foreign']),
  arch: Arch,
  state: VmState,
  /** Why the VM is `broken` or `degraded`. */
  error: WireError.nullable(),
  accelerator: Accelerator.nullable(),
  acceleratorTrials: z.array(AcceleratorTrial),
  boot: z.object({ startedAt: EpochMs.nullable(), stages: z.array(BootStage) }),
  /** True when this engine took over a QEMU which an earlier engine had started. */
  adopted: z.boolean(),
  pid: z.number().int().nullable(),
  qemuVersion: z.string().nullable(),
  imageId: z.string().nullable(),
  cpus: z.number().int(),
  memoryBytes: z.number().int(),
  diskBytes: z.number().int(),
  endpoints: z.object({
    /** Absolute path of the Docker socket on the host. */
    dockerSocket: z.string(),
    /** True while something answers there. */
    dockerReady: z.boolean(),
    dockerContext: z.string(),
    sshPort: z.number().int().nullable(),
  }),
  dockerVersion: z.string().nullable(),
  kernelVersion: z.string().nullable(),
  /** Set while the VM is suspended. */
  savedState: SavedState.nullable(),
});
export type Vm = z.infer<typeof Vm>;

/** How a container's processes run. `mixed`: a foreign container with native children, or the reverse. */
export const Execution = z.enum(['native', 'emulated', 'mixed', 'unknown']);
export type Execution = z.infer<typeof Execution>;

export const ContainerState = z.enum([
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
]);
export type ContainerState = z.infer<typeof ContainerState>;

export const Container = z.object({
  vm: VmName,
  id: z.string(),
  name: z.string(),
  image: z.string(),
  command: z.string(),
  state: ContainerState,
  /** Docker's own words, "Up 3 minutes"; hostile text like every string here. */
  status: z.string(),
  exitCode: z.number().int().nullable(),
  createdAt: EpochMs,
  startedAt: EpochMs.nullable(),
  /** Of the image it was made from; null while unknown. */
  arch: Arch.nullable(),
  execution: Execution,
  /** The emulator's binary, such as `qemu-aarch64`, and its version; null when native or unknown. */
  emulator: z.string().nullable(),
  ports: z.array(PublishedPort),
  /** Bind mounts, as Docker has them; volumes are not among them. Empty until Docker has been asked. */
  binds: z.array(BindMount),
  composeProject: z.string().nullable(),
  /** Started with `--rm`: it is removed, with all it wrote, as soon as it stops. */
  autoRemove: z.boolean(),
  /** Why it failed, once that is known; null for one that did not fail, or whose failure agrees with no rule. */
  diagnosis: Diagnosis.nullable(),
  /** The VM or Docker is away: the row is the last thing known. */
  stale: z.boolean(),
});
export type Container = z.infer<typeof Container>;

export const handlerStates = [
  'native',
  'off',
  'switching-on',
  'on',
  'switching-off',
  'failed',
  'unknown',
] as const;
export const HandlerState = z.enum(handlerStates);
export type HandlerState = z.infer<typeof HandlerState>;

/** The rungs of the self-test in their order; a test may end before the last. */
export const selfTestStepIds = [
  'entry',
  'order',
  'run',
  'open-binary',
  'credentials',
  'argv0',
  'signal',
  'isa',
  'syscalls',
  'busybox',
  'docker',
] as const;
export const SelfTestStepId = z.enum(selfTestStepIds);
export type SelfTestStepId = z.infer<typeof SelfTestStepId>;

export const SelfTestStep = z.object({
  id: SelfTestStepId,
  ok: z.boolean(),
  ms: z.number().nonnegative(),
  /** Plain words, such as "exit code 42, as expected". */
  detail: z.string(),
  /** What will not work because of it, in plain words: "sudo inside will fail: no C"; null when nothing. */
  consequence: z.string().nullable(),
});
export type SelfTestStep = z.infer<typeof SelfTestStep>;

/** What made a self-test run. */
export const SelfTestCause = z.enum(['boot', 'wake', 'change', 'drift', 'request']);
export type SelfTestCause = z.infer<typeof SelfTestCause>;

export const SelfTest = z.object({
  at: EpochMs,
  cause: SelfTestCause,
  /** Every step that was run is ok. */
  ok: z.boolean(),
  /** Of the steps up to `syscalls`; `busybox` and `docker` are timed on their own. */
  ms: z.number().nonnegative(),
  steps: z.array(SelfTestStep),
  /** `busybox` and `docker` follow when Docker answers: false while they are still to come. */
  complete: z.boolean(),
  /** Instruction set level seen by a program, such as `x86-64-v3`; null where the architecture has no levels. */
  isaLevel: z.string().nullable(),
  /** Names of probed system calls which answer "Function not implemented". */
  missingSyscalls: z.array(z.string()),
});
export type SelfTest = z.infer<typeof SelfTest>;

/** One architecture in one VM: its binfmt_misc entry and the emulator behind it. */
export const Handler = z.object({
  vm: VmName,
  arch: Arch,
  /** `on` means registered, equal to the table and self-test executed; never "the installer said ok". */
  state: HandlerState,
  /** What the person asked for; survives restarts of VM and engine. */
  wanted: z.boolean(),
  /** What is going on while switching: "downloading 4.2 of 6.0 MB". */
  activity: z.string().nullable(),
  emulator: z.string(),
  emulatorVersion: z.string().nullable(),
  /** As the kernel reads them back, `POCF`; null when not registered. */
  flags: z.string().nullable(),
  /** Click to proved, of the last switch on. */
  switchedOnMs: z.number().nullable(),
  lastTest: SelfTest.nullable(),
  /** The last one in which every step passed; null before the first. */
  lastProvedAt: EpochMs.nullable(),
  /** Versions to choose from; empty for a native architecture. */
  choices: z.array(EmulatorChoice),
  /** Programs which still run under a version that is not the current one. */
  runningUnderOthers: z.number().int().nonnegative(),
  /** What something else changed about it since the VM's start; null when nothing did. */
  drift: Drift.nullable(),
  price: Price.nullable(),
  error: WireError.nullable(),
});
export type Handler = z.infer<typeof Handler>;

export const Job = z.object({
  id: z.string(),
  kind: z.enum([
    'compose-image',
    'install-docker-cli',
    'install-virtiofsd',
    'emulator',
    'docker-image',
    'disk',
    'prune',
  ]),
  /** "Guest image debian-13 for amd64". */
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** "downloading packages". */
  phase: z.string(),
  progress: z
    .object({
      doneBytes: z.number().nonnegative(),
      totalBytes: z.number().nonnegative().nullable(),
      bytesPerSecond: z.number().nonnegative(),
    })
    .nullable(),
  startedAt: EpochMs,
  finishedAt: EpochMs.nullable(),
  error: WireError.nullable(),
});
export type Job = z.infer<typeof Job>;

/** A composed guest image on disk. */
export const GuestImage = z.object({
  id: z.string(),
  template: z.string(),
  arch: HostArch,
  createdAt: EpochMs,
  packages: z.number().int(),
  rootBytes: z.number().int(),
  kernelVersion: z.string(),
  /** Versions a person asks for: docker, containerd, openssh. */
  versions: z.record(z.string(), z.string()),
});
export type GuestImage = z.infer<typeof GuestImage>;

export const Settings = z.object({
  /** Start the service VM as soon as the engine starts. */
  autoStart: z.boolean(),
  /** Debian mirror asked first, such as `https://mirror.example.org/debian`; null: the host's own, then the template's. */
  mirror: z.url({ protocol: /^https?$/ }).nullable(),
  /** Null: chosen from the host's cores and memory. */
  cpus: z.number().int().min(1).max(64).nullable(),
  memoryMiB: z.number().int().min(512).max(1_048_576).nullable(),
  diskGiB: z.number().int().min(4).max(16_384),
  /** `auto` takes the best one proved on this machine. */
  accelerator: z.enum(['auto', 'hvf', 'kvm', 'tcg']),
  /** QEMU's `-cpu` under TCG; null: the measured default. */
  cpuModel: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.,=+-]{0,120}$/)
    .nullable(),
  /** What Stop, quitting and the host's shutdown do with a running VM. */
  stopBy: StopBy,
  /** Ports published without an address, or on all, answer on every address of the host; otherwise on loopback alone. */
  sharePorts: z.boolean(),
  ...DesktopSettings.shape,
  ...NetworkSettings.shape,
});
export type Settings = z.infer<typeof Settings>;

/** The host's own Docker CLI: Foredeck's socket is of no use without one. */
export const DockerCli = z.object({
  state: z.enum(['found', 'installed', 'missing', 'installing']),
  path: z.string().nullable(),
  version: z.string().nullable(),
  /** The version of its Compose plugin; null where it has none. */
  compose: z.string().nullable(),
  /** True where Foredeck can unpack Debian's signed docker-cli, and its plugins, into its home. */
  installable: z.boolean(),
  /** How to get it when it is missing. */
  hint: z.string(),
});
export type DockerCli = z.infer<typeof DockerCli>;

export const Host = z.object({
  /** FOREDECK_HOME. */
  home: z.string(),
  /** The home folder of the person the engine runs as. */
  userHome: z.string(),
  platform: z.string(),
  arch: HostArch,
  cores: z.number().int(),
  memoryBytes: z.number().int(),
  engineVersion: z.string(),
  enginePid: z.number().int(),
  dockerCli: DockerCli,
});
export type Host = z.infer<typeof Host>;
