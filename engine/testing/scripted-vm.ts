import type { Vm } from '../../contract/records.ts';
import { type Paths, serviceVmName } from '../paths.ts';

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
  };
}
