import type { Settings } from '../../contract/records.ts';
import type { MachineSize } from './ports.ts';

const mib = 1024 ** 2;

/** More processors make an emulated guest slower when the host has fewer; most containers use a few at a time. */
const usualCpus = 4;

/** Docker, containerd and a handful of small containers; what the boot figures were measured with. */
const leastMemoryMiB = 2_048;

/** Nobody needs more without knowing it; the setting goes higher. */
const mostMemoryMiB = 8_192;

/**
 * Processors and memory of a VM: what the settings say, otherwise four processors (half of the host's when it has more
 * than eight) and an eighth of its memory. Memory the guest does not use is given back, so that much is a limit.
 */
export function vmSize(
  settings: Pick<Settings, 'cpus' | 'memoryMiB'>,
  host: { cores: number; memoryBytes: number },
): MachineSize {
  const eighth = Math.floor(host.memoryBytes / 8 / mib);
  return {
    cpus: settings.cpus ?? Math.max(Math.min(host.cores, usualCpus), Math.floor(host.cores / 2)),
    memoryMiB: settings.memoryMiB ?? Math.min(mostMemoryMiB, Math.max(leastMemoryMiB, eighth)),
  };
}
