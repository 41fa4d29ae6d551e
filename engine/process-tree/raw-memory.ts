import { emulatorBytes, readMappings } from './emulator-mappings.ts';
import { procStat } from './proc-stat.ts';
import { records } from './records.ts';

/** What the sampler read of the memory of some processes. */
export interface RawMemory {
  /** Processor time which reading took in the guest; the kernel counts it in steps of 10 ms. */
  readonly tookMs: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly startedAfterBootMs: number;
    /** Memory of its emulator; null when it has too many mappings to be read. */
    readonly emulatorBytes: number | null;
  }[];
}

/** Reads the body of an answer to `memory`. Throws RangeError when it is cut short. */
export function readRawMemory(body: Buffer): RawMemory {
  let tookMs = 0;
  let ticksPerSecond = 100;
  const processes: RawMemory['processes'][number][] = [];
  for (const [kind, ...fields] of records(body)) {
    if (kind?.toString('latin1') === 'head') {
      const [took = 0, ticks = ticksPerSecond] = fields.map(Number);
      tookMs = took * 1_000;
      ticksPerSecond = ticks;
      continue;
    }
    const [pid, stat, mapped] = fields;
    // It has ended meanwhile.
    if (!pid || !stat || !mapped || stat.length === 0) continue;
    const mappings = readMappings(mapped.toString('latin1'));
    processes.push({
      pid: Number(pid),
      startedAfterBootMs: startedAfterBootMs(stat, ticksPerSecond),
      emulatorBytes: mappings.length === 0 ? null : emulatorBytes(mappings),
    });
  }
  return { tookMs, processes };
}

function startedAfterBootMs(stat: Buffer, ticksPerSecond: number): number {
  return Math.round(procStat(stat).field(22) * (1_000 / ticksPerSecond));
}
