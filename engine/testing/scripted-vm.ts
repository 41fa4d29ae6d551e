import type { WireError } from '../../contract/errors.ts';
import type { Vm } from '../../contract/records.ts';
import { handlerKey, type State } from '../../contract/state.ts';
import type { VmFigures } from '../../contract/vm-figures.ts';
import { type Paths, serviceVmName } from '../paths.ts';
import { emptyState } from './empty-state.ts';
import { aHandler } from './sample-records.ts';

/** What a scripted engine begins with. */
export function scriptedState(paths: Paths): State {
  const state = emptyState();
  return {
    ...state,
    host: { ...state.host, home: paths.home, enginePid: process.pid },
    vms: { [serviceVmName]: scriptedVm(paths) },
    handlers: {
      [handlerKey(serviceVmName, 'arm64')]: aHandler({ arch: 'arm64' }),
      [handlerKey(serviceVmName, 's390x')]: aHandler({ arch: 's390x', emulator: 'qemu-s390x' }),
    },
  };
}

/** The service VM of a scripted engine, stopped. */
export function scriptedVm(paths: Paths): Vm {
  return {
    name: serviceVmName,
    kind: 'service',
    arch: 'amd64',
    state: 'stopped',
    error: null,
    accelerator: null,
    acceleratorTrials: [],
    boot: { startedAt: null, stages: [] },
    adopted: false,
    pid: null,
    qemuVersion: null,
    imageId: null,
    cpus: 2,
    memoryBytes: 2 * 1024 ** 3,
    diskBytes: 64 * 1024 ** 3,
    endpoints: {
      dockerSocket: paths.dockerSocket,
      dockerReady: false,
      dockerContext: 'foredeck',
      sshPort: null,
    },
    dockerVersion: null,
    kernelVersion: null,
    savedState: null,
  };
}

/** What the scripted VM uses. */
export const scriptedFigures: VmFigures = {
  at: 1_700_000_000_000,
  cpuShare: 0.25,
  memory: {
    guestTotalBytes: 2 * 1024 ** 3,
    guestUsedBytes: 400 * 1024 ** 2,
    guestCacheBytes: 300 * 1024 ** 2,
    hostResidentBytes: 900 * 1024 ** 2,
  },
  disk: {
    guestTotalBytes: 64 * 1024 ** 3,
    guestUsedBytes: 2 * 1024 ** 3,
    hostBytes: 3 * 1024 ** 3,
  },
};

/** Why a saved state cannot be used. */
export const unusableState: WireError = {
  code: 'saved_state_unusable',
  message: 'Cannot resume VM "service": it was suspended with 2 processors.',
  hint: 'Put that back as it was, or start without its saved memory: `foredeck start --discard-state`.',
  details: {},
};
