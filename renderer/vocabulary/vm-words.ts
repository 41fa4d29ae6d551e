import type { Accelerator, BootStageId, VmState } from '../../contract/records.ts';
import type { StopBy } from '../../contract/saved-state.ts';
import type { LampTone } from '../ui/lamp.tsx';

export const vmStateWords: Record<VmState, { word: string; sentence: string; lamp: LampTone }> = {
  absent: {
    word: 'Not set up yet',
    sentence: 'No guest image yet: the first start composes one.',
    lamp: 'off',
  },
  composing: {
    word: 'Composing',
    sentence: 'Putting the guest image together from Debian packages.',
    lamp: 'busy',
  },
  stopped: { word: 'Stopped', sentence: 'Containers and images are kept on its data disk.', lamp: 'off' },
  starting: {
    word: 'Starting',
    sentence: 'Booting; Docker answers when the last stage is reached.',
    lamp: 'busy',
  },
  running: { word: 'Running', sentence: 'Docker answers on this computer.', lamp: 'good' },
  degraded: { word: 'Degraded', sentence: 'It runs, but something in it needs attention.', lamp: 'warn' },
  suspending: { word: 'Suspending', sentence: 'Writing its memory to disk.', lamp: 'busy' },
  suspended: {
    word: 'Suspended',
    sentence: 'Its memory is on disk; containers go on where they stopped.',
    lamp: 'off',
  },
  stopping: { word: 'Stopping', sentence: 'Containers are being stopped, then the VM.', lamp: 'busy' },
  broken: { word: 'Broken', sentence: 'It ended unexpectedly. The data disk is intact.', lamp: 'bad' },
};

/** The two ways to stop: what a person gains or loses by each. */
export const stopByWords: Record<StopBy, { word: string; gain: string; price: string }> = {
  suspend: {
    word: 'Suspend',
    gain: 'Containers go on where they stopped.',
    price: 'The VM’s memory goes to a file on this computer, and the next start takes seconds.',
  },
  'shut-down': {
    word: 'Shut down',
    gain: 'Containers are stopped.',
    price: 'No memory is kept on disk; the next start boots, which takes longer.',
  },
};

export const acceleratorWords: Record<Accelerator, string> = {
  hvf: 'Hypervisor.framework',
  kvm: 'KVM',
  tcg: 'TCG (software)',
};

export const bootStageWords: Record<BootStageId, string> = {
  qemu: 'QEMU runs',
  kernel: 'Kernel speaks',
  init: 'Init runs',
  disks: 'Disks mounted',
  network: 'Network up',
  sshd: 'SSH server listens',
  containerd: 'containerd ready',
  dockerd: 'Docker daemon ready',
  ssh: 'Connected over SSH',
  docker: 'Docker answers here',
  emulators: 'Emulators restored',
};
