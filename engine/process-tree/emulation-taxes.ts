import type { EmulationTax, Process } from '../../contract/process-tree.ts';

export interface TaxedSample {
  readonly processes: readonly Process[];
  /** CPU time of each container since it started, ended processes included. */
  readonly containerCpuMs: ReadonlyMap<string, number>;
  /** Memory of the emulator under a process; null when it is not known. */
  readonly emulatorBytes: (process: Process) => number | null;
}

/** What emulation costs each container that has processes, oldest process first, and then the whole VM. */
export function emulationTaxes(sample: TaxedSample): EmulationTax[] {
  const containers = Map.groupBy(
    sample.processes.filter((process) => process.containerId !== null),
    (process) => process.containerId,
  );
  return [
    ...[...containers].map(([id, processes]) => taxOf(id, processes, sample)),
    taxOf(null, sample.processes, sample),
  ];
}

function taxOf(containerId: string | null, processes: readonly Process[], sample: TaxedSample): EmulationTax {
  // A zombie has no memory and no emulator any more; its CPU time counts until its parent has asked for it.
  const emulated = processes.filter((process) => process.execution === 'emulated');
  const cpuMs = sum(processes.map((process) => process.cpuMs));
  const total = containerId === null ? undefined : sample.containerCpuMs.get(containerId);
  return {
    containerId,
    processes: processes.length,
    emulated: emulated.length,
    cpuMs,
    emulatedCpuMs: sum(emulated.map((process) => process.cpuMs)),
    // The kernel rounds each process's time down, and the container's not.
    endedCpuMs: total === undefined ? null : Math.max(0, total - cpuMs),
    rssBytes: sum(processes.map((process) => process.rssBytes)),
    extraRssBytes: emulatorsBytes(
      emulated.filter((process) => process.state !== 'Z'),
      sample,
    ),
  };
}

/** Null as long as one of them is not known: a part would look like the whole. */
function emulatorsBytes(emulated: readonly Process[], sample: TaxedSample): number | null {
  const known = emulated.map(sample.emulatorBytes).filter((bytes) => bytes !== null);
  return known.length === emulated.length ? sum(known) : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
