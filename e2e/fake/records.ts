import { arches } from '../../contract/arch.ts';
import type { Drift, EmulatorChoice, Price } from '../../contract/emulation.ts';
import type { Process } from '../../contract/process-tree.ts';
import {
  bootStageIds,
  type Container,
  type Handler,
  type Host,
  type Job,
  type SelfTest,
  type SelfTestStep,
  type Settings,
  type Vm,
} from '../../contract/records.ts';
import type { SavedState } from '../../contract/saved-state.ts';
import type { VmFigures } from '../../contract/vm-figures.ts';

/** Valid records with ordinary values; tests name what matters to them. */

const GiB = 1024 ** 3;

export function hostRecord(change: Partial<Host> = {}): Host {
  return {
    home: '/home/ada/.foredeck',
    userHome: '/home/ada',
    platform: 'linux',
    arch: 'amd64',
    cores: 8,
    memoryBytes: 16 * GiB,
    engineVersion: '0.1.0',
    enginePid: 4_021,
    dockerCli: {
      state: 'found',
      path: '/usr/bin/docker',
      version: '28.2.2',
      compose: '2.40.3',
      installable: true,
      hint: '',
    },
    ...change,
  };
}

export function settingsRecord(change: Partial<Settings> = {}): Settings {
  return {
    autoStart: true,
    mirror: null,
    cpus: null,
    memoryMiB: null,
    diskGiB: 64,
    accelerator: 'auto',
    cpuModel: null,
    stopBy: 'suspend',
    sharePorts: false,
    onQuit: 'ask',
    openAtLogin: false,
    stayInTray: false,
    notify: true,
    checkForUpdates: true,
    hostAccess: false,
    proxy: { from: 'host' },
    registryMirrors: [],
    caCertificates: [],
    ...change,
  };
}

/** When each stage of an ordinary start under TCG is reached, milliseconds after QEMU. */
export const bootTimesMs: Record<(typeof bootStageIds)[number], number> = {
  qemu: 90,
  kernel: 1_240,
  init: 6_480,
  disks: 8_110,
  network: 8_390,
  sshd: 10_420,
  containerd: 13_870,
  dockerd: 17_950,
  ssh: 11_020,
  docker: 20_360,
  emulators: 21_730,
};

/** The boot with every stage up to and including `last` reached; null: none. */
export function bootRecord(last: (typeof bootStageIds)[number] | null, startedAt: number): Vm['boot'] {
  const until = last === null ? -1 : bootTimesMs[last];
  return {
    startedAt,
    stages: bootStageIds.map((id) => ({
      id,
      atMs: bootTimesMs[id] <= until ? bootTimesMs[id] : null,
      problem: null,
    })),
  };
}

/** What a VM with a few containers uses. */
export function figuresRecord(): Omit<VmFigures, 'at'> {
  return {
    cpuShare: 0.31,
    memory: {
      guestTotalBytes: 2_147_483_648,
      guestUsedBytes: 480_000_000,
      guestCacheBytes: 610_000_000,
      hostResidentBytes: 1_240_000_000,
    },
    disk: { guestTotalBytes: 67_000_000_000, guestUsedBytes: 2_900_000_000, hostBytes: 4_100_000_000 },
  };
}

/** The memory of a VM that was suspended an hour ago. */
export function savedStateRecord(change: Partial<SavedState> = {}): SavedState {
  return { savedAt: Date.now() - 3_700_000, bytes: 303_038_464, problem: null, ...change };
}

export function vmRecord(change: Partial<Vm> = {}): Vm {
  const startedAt = Date.now() - 190_000;
  return {
    name: 'service',
    kind: 'service',
    arch: 'amd64',
    state: 'running',
    error: null,
    accelerator: 'tcg',
    acceleratorTrials: [
      { accelerator: 'kvm', works: false, why: 'the kernel said nothing within 6 s', at: startedAt },
      { accelerator: 'tcg', works: true, why: 'the kernel spoke after 1.2 s', at: startedAt },
    ],
    boot: bootRecord('emulators', startedAt),
    adopted: false,
    pid: 4_102,
    qemuVersion: '10.0.2',
    imageId: 'debian-13-amd64-1',
    cpus: 2,
    memoryBytes: 2 * GiB,
    diskBytes: 64 * GiB,
    endpoints: {
      dockerSocket: '/home/ada/.foredeck/docker.sock',
      dockerReady: true,
      dockerContext: 'foredeck',
      sshPort: 40_122,
    },
    dockerVersion: '26.1.5',
    kernelVersion: '6.12.117-cloud-amd64',
    savedState: null,
    ...change,
  };
}

let containerCount = 0;

export function containerRecord(change: Partial<Container> = {}): Container {
  containerCount += 1;
  return {
    vm: 'service',
    id: containerCount.toString(16).padStart(4, '0').repeat(16),
    name: `box-${containerCount}`,
    image: 'debian:13',
    command: 'sleep infinity',
    state: 'running',
    status: 'Up 3 minutes',
    exitCode: null,
    createdAt: Date.now() - 200_000,
    startedAt: Date.now() - 180_000,
    arch: 'amd64',
    execution: 'native',
    emulator: null,
    ports: [],
    composeProject: null,
    autoRemove: false,
    binds: [],
    diagnosis: null,
    stale: false,
    ...change,
  };
}

const emulators: Record<(typeof arches)[number], string> = {
  amd64: 'qemu-x86_64',
  '386': 'qemu-i386',
  arm64: 'qemu-aarch64',
  'arm/v7': 'qemu-arm',
  riscv64: 'qemu-riscv64',
  ppc64le: 'qemu-ppc64le',
  s390x: 'qemu-s390x',
  mips64le: 'qemu-mips64el',
  loong64: 'qemu-loongarch64',
};

/** Debian's versions, as the archive writes them. */
export const stableEmulator = '10.0.13+ds-0+deb13u1';
export const backportsEmulator = '11.1.3+ds-1~bpo13+1';

/** What emulation by qemu-user never has, whatever the version. */
const limits = [
  'strace and gdb will not work: ptrace',
  'programs that insist on io_uring will not start: io_uring_setup',
  'eBPF tools will not work: bpf',
].join('; ');

/** The whole ladder passed, unless `steps` say otherwise. */
export function selfTestRecord(change: Partial<SelfTest> = {}): SelfTest {
  return {
    at: Date.now() - 75_000,
    cause: 'boot',
    ok: true,
    ms: 112,
    complete: true,
    isaLevel: null,
    missingSyscalls: ['ptrace', 'io_uring_setup', 'seccomp', 'bpf', 'userfaultfd'],
    steps: [
      stepRecord('entry', 3, 'enabled, equal to the table, flags POCF'),
      stepRecord('order', 0, 'no other entry comes before it'),
      stepRecord('run', 41, 'exit code 42, as expected, in an empty root'),
      stepRecord('open-binary', 12, 'a program that may not be read runs'),
      stepRecord('credentials', 13, 'a setuid program runs as its owner'),
      stepRecord('argv0', 12, 'the program sees the name it was called by'),
      stepRecord('signal', 14, 'a crash ends with 139, as expected'),
      stepRecord('syscalls', 17, '5 of 31 are missing', { consequence: limits }),
      stepRecord('busybox', 840, 'uname -m, fork and pipe, a thread'),
      stepRecord('docker', 6_420, 'docker run printed the machine name'),
    ],
    ...change,
  };
}

/** A rung that passed, unless `change` says otherwise. */
export function stepRecord(
  id: SelfTestStep['id'],
  ms: number,
  detail: string,
  change: Partial<SelfTestStep> = {},
): SelfTestStep {
  return { id, ok: true, ms, detail, consequence: null, ...change };
}

export function priceRecord(change: Partial<Price> = {}): Price {
  return {
    at: Date.now() - 2 * 3_600_000 - 60_000,
    loopFactor: 3.1,
    nativeLoopMs: 310,
    emulatedLoopMs: 961,
    nativeExecMs: 0.9,
    emulatedExecMs: 18.2,
    emulatorVersion: stableEmulator,
    ...change,
  };
}

export function driftRecord(change: Partial<Drift> = {}): Drift {
  return {
    at: Date.now() - 190_000,
    changes: ['the entry qemu-aarch64 was removed'],
    restores: 1,
    stopped: false,
    ...change,
  };
}

/** Stable's, which lies in the VM, and backports', which needs a download. */
export function choiceRecords(current: string | null = stableEmulator): EmulatorChoice[] {
  return [
    {
      suite: 'stable',
      version: stableEmulator,
      ready: true,
      recommended: true,
      current: current === stableEmulator,
      previous: false,
    },
    {
      suite: 'backports',
      version: backportsEmulator,
      ready: false,
      recommended: false,
      current: current === backportsEmulator,
      previous: false,
    },
  ];
}

/** `on` comes with the emulator's version, flags and proof; whatever else is not registered. */
export function handlerRecord(
  arch: Handler['arch'],
  state: Handler['state'],
  change: Partial<Handler> = {},
): Handler {
  const registered = state === 'on';
  const lastTest = registered ? selfTestRecord() : null;
  return {
    vm: 'service',
    arch,
    state,
    wanted: registered || state === 'switching-on' || state === 'failed',
    activity: null,
    emulator: emulators[arch],
    emulatorVersion: registered ? stableEmulator : null,
    flags: registered ? 'POCF' : null,
    switchedOnMs: registered ? 6_840 : null,
    lastTest,
    lastProvedAt: lastTest?.at ?? null,
    choices: state === 'native' ? [] : choiceRecords(registered ? stableEmulator : null),
    runningUnderOthers: 0,
    drift: null,
    price: null,
    error: null,
    ...change,
  };
}

/** Native where the host is, on for `on`, off elsewhere. */
export function handlerRecords(on: readonly Handler['arch'][]): Record<string, Handler> {
  const native: readonly Handler['arch'][] = ['amd64', '386'];
  return Object.fromEntries(
    arches.map((arch) => [
      `service/${arch}`,
      handlerRecord(arch, native.includes(arch) ? 'native' : on.includes(arch) ? 'on' : 'off'),
    ]),
  );
}

export function jobRecord(change: Partial<Job> = {}): Job {
  return {
    id: 'compose-1',
    kind: 'compose-image',
    title: 'Guest image debian-13 for amd64',
    state: 'running',
    phase: 'downloading packages',
    progress: { doneBytes: 48_234_496, totalBytes: 131_072_000, bytesPerSecond: 5_872_025 },
    startedAt: Date.now() - 14_000,
    finishedAt: null,
    error: null,
    ...change,
  };
}

export function processRecord(pid: number, ppid: number, change: Partial<Process> = {}): Process {
  return {
    pid,
    ppid,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: ['sleep', 'infinity'],
    rawArgv: change.argv ?? ['sleep', 'infinity'],
    comm: 'sleep',
    cpuMs: 40,
    rssBytes: 1_433_600,
    threads: 1,
    startedAt: 1_700_000_000_000,
    containerId: null,
    ...change,
  };
}

/** A process run by qemu-user, its raw argv as P makes it: emulator, path, argv. */
export function emulatedProcess(
  pid: number,
  ppid: number,
  argv: string[],
  change: Partial<Process> = {},
): Process {
  const path = `/usr/bin/${argv[0]}`;
  return processRecord(pid, ppid, {
    execution: 'emulated',
    arch: 'arm64',
    emulator: 'qemu-aarch64',
    argv,
    rawArgv: ['/usr/bin/qemu-aarch64', path, ...argv],
    comm: argv[0] ?? '',
    rssBytes: 13_212_057,
    threads: 2,
    ...change,
  });
}
