import type { Container } from '../../contract/records.ts';
import type { State } from '../../contract/state.ts';
import { crashDiagnosis, noHandlerDiagnosis } from './diagnosis-records.ts';
import { emulationRecords } from './emulation-records.ts';
import { fullImages } from './image-records.ts';
import {
  bootRecord,
  containerRecord,
  handlerRecord,
  handlerRecords,
  hostRecord,
  jobRecord,
  selfTestRecord,
  settingsRecord,
  vmRecord,
} from './records.ts';

export const scenarioNames = [
  'absent',
  'composing',
  'stopped',
  'starting',
  'running',
  'full',
  'emulation',
  'broken',
  'no-docker-cli',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** The state an engine would show in one situation. */
export function scenario(name: ScenarioName): State {
  return build[name]();
}

const imageRecord: State['images'] = {
  'debian-13-amd64-1': {
    id: 'debian-13-amd64-1',
    template: 'debian-13',
    arch: 'amd64',
    createdAt: Date.now() - 86_400_000,
    packages: 214,
    rootBytes: 214_958_080,
    kernelVersion: '6.12.117-cloud-amd64',
    versions: { docker: '26.1.5', containerd: '1.7.24', openssh: '10.0' },
  },
};

function running(change: Partial<State> = {}): State {
  return {
    host: hostRecord(),
    settings: settingsRecord(),
    vms: { service: vmRecord() },
    containers: {},
    handlers: handlerRecords([]),
    jobs: {},
    images: imageRecord,
    dockerImages: {},
    ...change,
  };
}

/** What differs when no QEMU runs. */
const notRunning = {
  accelerator: null,
  pid: null,
  endpoints: { ...vmRecord().endpoints, dockerReady: false, sshPort: null },
} as const;

const unknownHandlers = (): State['handlers'] =>
  Object.fromEntries(
    Object.entries(handlerRecords([])).map(([key, handler]) => [
      key,
      handler.state === 'native' ? handler : { ...handler, state: 'unknown' as const },
    ]),
  );

const build: Record<ScenarioName, () => State> = {
  absent: () =>
    running({
      vms: {
        service: vmRecord({
          ...notRunning,
          state: 'absent',
          acceleratorTrials: [],
          boot: { startedAt: null, stages: [] },
          imageId: null,
          dockerVersion: null,
          kernelVersion: null,
        }),
      },
      handlers: unknownHandlers(),
      images: {},
    }),
  composing: () =>
    running({
      vms: {
        service: vmRecord({
          ...notRunning,
          state: 'composing',
          acceleratorTrials: [],
          boot: { startedAt: null, stages: [] },
          imageId: null,
          dockerVersion: null,
          kernelVersion: null,
        }),
      },
      handlers: unknownHandlers(),
      jobs: { 'compose-1': jobRecord() },
      images: {},
    }),
  stopped: () =>
    running({ vms: { service: vmRecord({ ...notRunning, state: 'stopped' }) }, handlers: unknownHandlers() }),
  starting: () =>
    running({
      vms: {
        service: vmRecord({
          state: 'starting',
          boot: bootRecord('sshd', Date.now() - 11_500),
          endpoints: { ...vmRecord().endpoints, dockerReady: false },
          dockerVersion: null,
        }),
      },
      handlers: unknownHandlers(),
    }),
  running: () => running(),
  full: () =>
    running({
      containers: Object.fromEntries(fullContainers().map((container) => [container.id, container])),
      handlers: {
        ...handlerRecords(['arm64', 'riscv64']),
        'service/arm/v7': handlerRecord('arm/v7', 'switching-on', {
          activity: 'downloading qemu-user 10.0.2, 4.2 of 6.0 MB',
        }),
        'service/s390x': handlerRecord('s390x', 'failed', {
          emulatorVersion: '10.0.2',
          flags: 'PF',
          lastTest: selfTestRecord({
            ok: false,
            ms: 31,
            steps: [
              {
                id: 'entry',
                ok: false,
                ms: 4,
                detail: 'flags are PF, POCF expected',
                consequence: 'sudo inside will fail: no C',
              },
              {
                id: 'run',
                ok: true,
                ms: 27,
                detail: 'exit code 42, as expected, in an empty root',
                consequence: null,
              },
            ],
          }),
          error: {
            code: 'emulator_failed',
            message:
              'The handler of s390x is not the one Foredeck registered: its flags are PF instead of POCF.',
            hint: 'Something else registered its own. Switch s390x off and on to put it right.',
            details: { entry: 'enabled\ninterpreter /usr/bin/qemu-s390x-static\nflags: PF\noffset 0' },
          },
        }),
      },
      dockerImages: fullImages(hostileImage),
      jobs: {
        'emulator-1': jobRecord({
          id: 'emulator-1',
          kind: 'emulator',
          title: 'Emulator qemu-arm 10.0.2',
          phase: 'downloading qemu-user',
          progress: { doneBytes: 4_404_019, totalBytes: 6_291_456, bytesPerSecond: 1_572_864 },
          startedAt: Date.now() - 3_000,
        }),
        'compose-1': jobRecord({
          state: 'done',
          phase: 'done',
          progress: null,
          startedAt: Date.now() - 3_600_000,
          finishedAt: Date.now() - 3_540_000,
        }),
        'compose-0': jobRecord({
          id: 'compose-0',
          state: 'failed',
          phase: 'downloading packages',
          progress: null,
          startedAt: Date.now() - 3_900_000,
          finishedAt: Date.now() - 3_860_000,
          error: {
            code: 'mirror_unreachable',
            message: 'Cannot fetch "trixie/InRelease": mirror.example.org does not answer.',
            hint: 'Check the network, or set another mirror in the settings. What was fetched is kept.',
            details: { 'last answer': 'connect ETIMEDOUT 192.0.2.7:443' },
          },
        }),
      },
    }),
  emulation: () =>
    running({
      containers: Object.fromEntries(fullContainers().map((container) => [container.id, container])),
      handlers: emulationRecords(vmRecord().boot.startedAt),
    }),
  broken: () =>
    running({
      vms: {
        service: vmRecord({
          ...notRunning,
          state: 'broken',
          error: {
            code: 'boot_failed',
            message: 'VM "service" did not get past "Disks mounted": the data disk could not be mounted.',
            hint: 'Start it again. If it fails the same way, the last console lines say what the kernel found.',
            details: {
              'last console lines': [
                '[    6.412305] virtio_blk virtio2: [vdb] 134217728 512-byte logical blocks',
                '[    6.588120] EXT4-fs error (device vdb): ext4_lookup:1813: inode #2: comm init: deleted inode',
                '\u001b[1;31minit: mount /dev/vdb on /data failed: Structure needs cleaning\u001b[0m',
                'init: stage disks failed',
              ].join('\n'),
            },
          },
          boot: brokenBoot(),
        }),
      },
      containers: Object.fromEntries(
        fullContainers()
          .slice(0, 4)
          .map((container) => [container.id, { ...container, stale: true }]),
      ),
      handlers: unknownHandlers(),
    }),
  'no-docker-cli': () =>
    running({
      host: hostRecord({
        dockerCli: {
          state: 'missing',
          path: null,
          version: null,
          installable: true,
          hint: 'Foredeck can unpack Debian’s docker-cli and docker-buildx into its own folder, without root.',
        },
      }),
    }),
};

function brokenBoot(): State['vms'][string]['boot'] {
  const boot = bootRecord('init', Date.now() - 40_000);
  return {
    ...boot,
    stages: boot.stages.map((stage) =>
      stage.id === 'disks' ? { ...stage, problem: 'The data disk could not be mounted.' } : stage,
    ),
  };
}

/** Text as only an attacker, or a test, writes it. */
export const hostileName = '<img src=x onerror="document.title=\'pwned\'">';
export const hostileImage = 'registry.example/\u202egpj.tnecnonni\u2066/\u001b[31mred\u001b[0m:latest';

function fullContainers(): Container[] {
  const arm = { arch: 'arm64', execution: 'emulated', emulator: 'qemu-aarch64 10.0.2' } as const;
  const port = (hostPort: number, containerPort: number, problem: string | null = null) => ({
    hostAddress: '127.0.0.1',
    hostPort,
    containerPort,
    protocol: 'tcp' as const,
    problem,
  });
  return [
    containerRecord({
      name: 'web',
      image: 'nginx:1.29',
      command: 'nginx -g daemon off;',
      ports: [port(8_080, 80), port(8_443, 443)],
    }),
    containerRecord({
      ...arm,
      name: 'api-arm',
      image: 'ghcr.io/acme/api:2.4.1',
      command: 'node server.js',
      ports: [port(3_000, 3_000)],
      composeProject: 'acme',
    }),
    containerRecord({
      ...arm,
      name: 'builder',
      image: 'acme/build:arm64',
      command: 'make -j2 all',
      execution: 'mixed',
      composeProject: 'acme',
    }),
    containerRecord({
      name: 'metrics',
      image: 'prom/prometheus:v3.5.0',
      arch: 'riscv64',
      execution: 'emulated',
      emulator: 'qemu-riscv64 10.0.2',
      ports: [port(9_090, 9_090, 'port 9090 is in use on this computer')],
      status: 'Up 2 hours (healthy)',
    }),
    containerRecord({
      name: 'db',
      image: 'postgres:17',
      command: 'postgres',
      state: 'paused',
      status: 'Up 2 hours (Paused)',
    }),
    containerRecord({
      ...arm,
      name: 'migrate',
      image: 'ghcr.io/acme/api:2.4.1',
      state: 'exited',
      status: 'Exited (139) 4 minutes ago',
      exitCode: 139,
      diagnosis: crashDiagnosis(),
    }),
    containerRecord({
      name: 'queue',
      image: 'ghcr.io/acme/api:2.4.1',
      arch: 'arm64',
      execution: 'unknown',
      state: 'exited',
      status: 'Exited (126) 1 minute ago',
      exitCode: 126,
      diagnosis: noHandlerDiagnosis(),
    }),
    containerRecord({
      name: 'nightly',
      image: 'acme/report:7',
      state: 'exited',
      status: 'Exited (3) 6 hours ago',
      exitCode: 3,
    }),
    containerRecord({
      name: 'one-off',
      image: 'busybox',
      state: 'exited',
      status: 'Exited (0) 2 hours ago',
      exitCode: 0,
      arch: 's390x',
      execution: 'unknown',
    }),
    containerRecord({
      name: hostileName,
      image: hostileImage,
      command: 'sh -c "\u001b]0;pwned\u0007echo \u202edesrever"',
      status: '</td><script>document.title="pwned"</script>',
    }),
    containerRecord({
      name: `endless-${'x'.repeat(200)}`,
      image: `registry.example/${'deep/'.repeat(30)}image@sha256:${'0'.repeat(64)}`,
      status: 'Up 12 days',
      ports: [
        port(5_000, 5_000),
        port(5_001, 5_001),
        port(5_002, 5_002),
        port(5_003, 5_003),
        port(5_004, 5_004),
      ],
    }),
  ];
}
