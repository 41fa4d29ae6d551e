import type { SavedState } from '../../contract/saved-state.ts';
import type { State } from '../../contract/state.ts';
import { fullContainers, hostileImage } from './container-records.ts';
import { emulationRecords } from './emulation-records.ts';
import { fullImages } from './image-records.ts';
import { builtInNetworks, fullObjects } from './object-records.ts';
import {
  bootRecord,
  handlerRecord,
  handlerRecords,
  hostRecord,
  jobRecord,
  savedStateRecord,
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
  'suspended',
  'suspended-unusable',
  'degraded',
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
    volumes: {},
    networks: builtInNetworks(),
    shares: {},
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
  full: () => {
    const containers = fullContainers();
    return running({
      containers: Object.fromEntries(containers.map((container) => [container.id, container])),
      ...fullObjects(containers, hostileImage),
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
    });
  },
  emulation: () =>
    running({
      containers: Object.fromEntries(fullContainers().map((container) => [container.id, container])),
      handlers: emulationRecords(vmRecord().boot.startedAt),
    }),
  suspended: () => suspended(savedStateRecord()),
  'suspended-unusable': () =>
    suspended(
      savedStateRecord({
        problem: {
          code: 'saved_state_unusable',
          message:
            'Cannot resume VM "service": it was suspended with QEMU 10.0.2, and this computer has 10.1.0 now.',
          hint:
            'Put that back as it was, or start without its saved memory: `foredeck start --discard-state`. ' +
            'Its programs end then as at a power cut; its disk stays.',
          details: {},
        },
      }),
    ),
  degraded: () =>
    running({
      vms: {
        service: vmRecord({
          state: 'degraded',
          endpoints: { ...vmRecord().endpoints, dockerReady: false },
          error: {
            code: 'docker_unreachable',
            message: 'Docker in VM "service" does not answer.',
            hint: 'It is asked again by itself. If that lasts, restart the VM.',
            details: {},
          },
        }),
      },
      containers: staleContainers(),
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
      containers: staleContainers(),
      handlers: unknownHandlers(),
    }),
  'no-docker-cli': () =>
    running({
      host: hostRecord({
        dockerCli: {
          state: 'missing',
          path: null,
          version: null,
          compose: null,
          installable: true,
          hint: 'Foredeck can unpack Debian’s docker-cli and its plugins into its own folder, without root.',
        },
      }),
    }),
};

function suspended(savedState: SavedState): State {
  return running({
    vms: { service: vmRecord({ ...notRunning, state: 'suspended', savedState }) },
    containers: staleContainers(),
    handlers: unknownHandlers(),
  });
}

/** What ran when the VM was last heard of. */
function staleContainers(): State['containers'] {
  const known = fullContainers().slice(0, 4);
  return Object.fromEntries(known.map((container) => [container.id, { ...container, stale: true }]));
}

function brokenBoot(): State['vms'][string]['boot'] {
  const boot = bootRecord('init', Date.now() - 40_000);
  return {
    ...boot,
    stages: boot.stages.map((stage) =>
      stage.id === 'disks' ? { ...stage, problem: 'The data disk could not be mounted.' } : stage,
    ),
  };
}
