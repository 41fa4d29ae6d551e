import { expect, it } from 'vitest';
import type { Settings } from '../../../contract/records.ts';
import { draftOf, readDraft } from './settings-draft.ts';

const saved: Settings = {
  autoStart: true,
  mirror: null,
  cpus: null,
  memoryMiB: 2_048,
  diskGiB: 64,
  accelerator: 'auto',
  cpuModel: 'Nehalem',
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

it('changes nothing when nothing was typed', () => {
  expect(readDraft(draftOf(saved), saved)).toEqual({ change: {}, problems: {} });
});

it('sends only what differs, and empty as "chosen for me"', () => {
  const draft = {
    ...draftOf(saved),
    cpus: ' 4 ',
    memoryMiB: '',
    mirror: 'https://mirror.example.org/debian',
  };
  expect(readDraft(draft, saved).change).toEqual({
    cpus: 4,
    memoryMiB: null,
    mirror: 'https://mirror.example.org/debian',
  });
});

it('says what is wrong with each field and changes nothing then', () => {
  const draft = {
    ...draftOf(saved),
    cpus: '0',
    memoryMiB: '2g',
    diskGiB: '',
    mirror: 'ftp://x',
    autoStart: false,
  };
  const { change, problems } = readDraft(draft, saved);
  expect(change).toEqual({});
  expect(Object.keys(problems).sort()).toEqual(['cpus', 'diskGiB', 'memoryMiB', 'mirror']);
});

it('takes a larger disk and says why it takes no smaller one', () => {
  expect(readDraft({ ...draftOf(saved), diskGiB: '128' }, saved).change).toEqual({ diskGiB: 128 });
  const smaller = readDraft({ ...draftOf(saved), diskGiB: '32', stopBy: 'shut-down' }, saved);
  expect(smaller).toEqual({
    change: {},
    problems: { diskGiB: 'It holds 64 GiB already, and a disk cannot be made smaller.' },
  });
});

it('changes how the VM is stopped', () => {
  expect(readDraft({ ...draftOf(saved), stopBy: 'shut-down' }, saved).change).toEqual({
    stopBy: 'shut-down',
  });
});
