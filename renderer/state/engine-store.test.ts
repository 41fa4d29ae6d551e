import { beforeEach, expect, it } from 'vitest';
import type { State } from '../../contract/state.ts';
import { applyUpdate, useEngine } from './engine-store.ts';
import { UpdateBatch } from './update-batch.ts';

const settings: State['settings'] = {
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
};

const state: State = {
  host: {
    home: '/h',
    platform: 'linux',
    arch: 'amd64',
    cores: 2,
    memoryBytes: 1,
    engineVersion: '0',
    userHome: '/home/test',
    enginePid: 1,
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

const changes = (clock: number, cpus: number) => ({
  type: 'changes' as const,
  clock,
  changes: [{ in: 'settings' as const, value: { ...settings, cpus } }],
});

beforeEach(() => useEngine.setState({ engine: null, clock: 0 }));

it('wants a snapshot first, and then every batch', () => {
  expect(applyUpdate(changes(1, 2))).toBe('gap');
  expect(applyUpdate({ type: 'snapshot', clock: 7, state })).toBe('applied');
  expect(applyUpdate(changes(8, 3))).toBe('applied');
  expect(useEngine.getState().engine?.settings.cpus).toBe(3);
});

it('changes nothing across a gap, nor for a batch that comes twice', () => {
  applyUpdate({ type: 'snapshot', clock: 7, state });
  expect(applyUpdate(changes(9, 5))).toBe('gap');
  expect(applyUpdate(changes(7, 5))).toBe('gap');
  expect(useEngine.getState().engine).toBe(state);
});

it('shares what did not change, so that components can tell', () => {
  applyUpdate({ type: 'snapshot', clock: 1, state });
  applyUpdate(changes(2, 4));
  expect(useEngine.getState().engine?.host).toBe(state.host);
});

it('shows all that comes within a frame at once, and what comes after it with the next', () => {
  const frames: (() => void)[] = [];
  const batch = new UpdateBatch((work) => frames.push(work));
  expect(batch.add(changes(1, 1))).toBe('gap');
  batch.add({ type: 'snapshot', clock: 7, state });
  for (const clock of [8, 9, 10]) expect(batch.add(changes(clock, clock))).toBe('applied');
  expect(useEngine.getState().engine).toBe(state);
  expect(frames).toHaveLength(1);
  frames.shift()?.();
  expect(useEngine.getState()).toMatchObject({ clock: 10, engine: { settings: { cpus: 10 } } });
  batch.add(changes(11, 11));
  frames.shift()?.();
  expect(useEngine.getState()).toMatchObject({ clock: 11, engine: { settings: { cpus: 11 } } });
});

it('drops what waits for a frame when a snapshot comes, and tells a gap at once', () => {
  const frames: (() => void)[] = [];
  const batch = new UpdateBatch((work) => frames.push(work));
  batch.add({ type: 'snapshot', clock: 7, state });
  batch.add(changes(8, 8));
  expect(batch.add(changes(10, 10))).toBe('gap');
  batch.add({ type: 'snapshot', clock: 12, state });
  for (const frame of frames) frame();
  expect(useEngine.getState()).toMatchObject({ clock: 12, engine: state });
});
