import { randomUUID } from 'node:crypto';
import type { DockerImage, ImagePlatform } from '../../contract/docker-images.ts';
import type { Diagnosis } from '../../contract/doctor.ts';
import type { Container, Handler, Job } from '../../contract/records.ts';
import type { Volume } from '../../contract/volumes.ts';

/** A running native container named `web`, but for `change`. */
export function aContainer(change: Partial<Container> = {}): Container {
  return {
    vm: 'service',
    id: 'web',
    name: 'web',
    image: 'demo',
    command: 'serve',
    state: 'running',
    status: 'Up 3 minutes',
    exitCode: null,
    createdAt: 1,
    startedAt: 2,
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

/** A handler that was switched off, but for `change`. */
export function aHandler(change: Partial<Handler> = {}): Handler {
  return {
    vm: 'service',
    arch: 'arm64',
    state: 'off',
    wanted: false,
    activity: null,
    emulator: 'qemu-aarch64',
    emulatorVersion: null,
    flags: null,
    switchedOnMs: null,
    lastTest: null,
    lastProvedAt: null,
    choices: [],
    runningUnderOthers: 0,
    drift: null,
    price: null,
    error: null,
    ...change,
  };
}

/** A running job that composes a guest image, but for `change`. */
export function aJob(change: Partial<Job> = {}): Job {
  return {
    id: randomUUID(),
    kind: 'compose-image',
    title: 'Guest image debian-13 for amd64',
    state: 'running',
    phase: 'waiting',
    progress: null,
    startedAt: Date.now(),
    finishedAt: null,
    error: null,
    ...change,
  };
}

/** An image `demo:1` of `platforms`. */
export function anImage(change: Partial<DockerImage> = {}): DockerImage {
  const id = `sha256:${'d'.repeat(64)}`;
  return { vm: 'service', id, tags: ['demo:1'], createdAt: 1, platforms: [aPlatform()], ...change };
}

/** linux/arm64, there and emulated, but for `change`. */
export function aPlatform(change: Partial<ImagePlatform> = {}): ImagePlatform {
  const digest = `sha256:${'e'.repeat(64)}`;
  return {
    platform: 'linux/arm64',
    arch: 'arm64',
    execution: 'emulated',
    digest,
    present: true,
    sizeBytes: 1_000,
    ...change,
  };
}

/** A volume `data` that nothing uses, but for `change`. */
export function aVolume(change: Partial<Volume> = {}): Volume {
  return {
    vm: 'service',
    name: 'data',
    anonymous: false,
    driver: 'local',
    mountpoint: '/var/lib/docker/volumes/data/_data',
    createdAt: 1,
    labels: {},
    options: {},
    composeProject: null,
    users: [],
    size: null,
    stale: false,
    ...change,
  };
}

/** A verdict without fixes, but for `change`. */
export function aDiagnosis(change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    rule: 'no-handler',
    at: 1,
    title: 'arm64 programs do not run in this VM',
    cause: 'Its handler is off.',
    evidence: [],
    fixes: [],
    source: null,
    arch: 'arm64',
    emulator: null,
    ...change,
  };
}
