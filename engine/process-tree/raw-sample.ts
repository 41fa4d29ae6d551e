import { type BinfmtEntry, parseBinfmtEntry } from '../emulation/binfmt-entry.ts';
import { type ElfHeader, readElfHeader } from '../emulation/elf-header.ts';
import { procStat } from './proc-stat.ts';
import { records } from './records.ts';

/** A process as the sampler found it in /proc, read but not interpreted. Sources: proc(5), getauxval(3). */
export interface RawProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly state: string;
  readonly comm: string;
  readonly argv: readonly string[];
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly threads: number;
  /** Milliseconds after the guest's boot. */
  readonly startedAfterBootMs: number;
  readonly containerId: string | null;
  /** Target of /proc/PID/exe; empty for a zombie. */
  readonly exe: string;
  readonly exeHeader: ElfHeader | null;
  /** Of the program that an emulator has mapped; null for anything but an emulator. */
  readonly guestHeader: ElfHeader | null;
  /** Whether the kernel kept argv[0] for the emulator (flag P), from AT_FLAGS; null for anything but an emulator. */
  readonly keptArgv0: boolean | null;
  /**
   * The file whose code the processor executes, for a program of another architecture than the kernel's: the program
   * itself where the processor knows both (386 on amd64), an emulator where a handler with flag T hides it; null for
   * every other program.
   */
  readonly runner: string | null;
}

export interface RawSample {
  readonly uptimeMs: number;
  /** How long it took in the guest; the kernel's uptime counts in steps of 10 ms. */
  readonly sampleMs: number;
  readonly entries: readonly BinfmtEntry[];
  readonly processes: readonly RawProcess[];
  /** CPU time of each container since it started, processes that have ended included, by id; from its cgroup. */
  readonly containerCpuMs: ReadonlyMap<string, number>;
}

/** Bit 0 of AT_FLAGS: AT_FLAGS_PRESERVE_ARGV0, Linux 5.12. */
const flagPreserveArgv0 = 1n;

/** As many bytes as the sampler reads of a command line; more is cut there. */
const argumentBytes = 8_192;

/** Reads the body of one frame of the sampler. Throws RangeError when it is cut short. */
export function readRawSample(body: Buffer): RawSample {
  let uptimeMs = 0;
  let sampleMs = 0;
  let ticksPerSecond = 100;
  let pageBytes = 4_096;
  const entries: BinfmtEntry[] = [];
  const processes: RawProcess[] = [];
  const containerCpuMs = new Map<string, number>();
  for (const [kind = Buffer.alloc(0), ...fields] of records(body)) {
    switch (kind.toString('latin1')) {
      case 'head': {
        const [uptime = 0, took = 0, ticks = ticksPerSecond, page = pageBytes] = fields.map(Number);
        uptimeMs = uptime * 1_000;
        sampleMs = Math.round(took * 1_000);
        ticksPerSecond = ticks;
        pageBytes = page;
        break;
      }
      case 'entry': {
        const [name = '', text = ''] = fields.map((field) => field.toString('utf8'));
        const parsed = parseBinfmtEntry(name, text);
        if (parsed) entries.push(parsed);
        break;
      }
      case 'group': {
        const [path = '', statistics = ''] = fields.map((field) => field.toString('utf8'));
        const id = containerOf(path);
        // cgroup-v2.rst, cpu.stat: microseconds.
        const used = /^usage_usec (\d+)$/m.exec(statistics)?.[1];
        if (id !== null && used !== undefined) containerCpuMs.set(id, Math.round(Number(used) / 1_000));
        break;
      }
      case 'process': {
        const parsed = readProcess(fields, { ticksPerSecond, pageBytes });
        if (parsed) processes.push(parsed);
        break;
      }
    }
  }
  return { uptimeMs, sampleMs, entries, processes, containerCpuMs };
}

function readProcess(
  fields: readonly Buffer[],
  unit: { ticksPerSecond: number; pageBytes: number },
): RawProcess | null {
  const [pid, stat, argv, uid, cgroup, exe, exeHeader, flags, guestHeader, runner] = fields;
  if (!pid || !stat || !argv || !uid || !cgroup || !exe || !exeHeader || !flags || !guestHeader || !runner)
    return null;
  const { comm, state, field } = procStat(stat);
  const ticksToMs = 1_000 / unit.ticksPerSecond;
  return {
    pid: Number(pid),
    ppid: field(4),
    uid: Number(uid),
    state,
    comm,
    argv: splitArguments(argv),
    cpuMs: Math.round((field(14) + field(15)) * ticksToMs),
    rssBytes: field(24) * unit.pageBytes,
    threads: field(20),
    startedAfterBootMs: Math.round(field(22) * ticksToMs),
    containerId: containerOf(cgroup.toString('utf8')),
    exe: exe.toString('utf8'),
    exeHeader: readElfHeader(exeHeader),
    guestHeader: readElfHeader(guestHeader),
    keptArgv0: flags.length === 0 ? null : (BigInt(flags.toString('latin1')) & flagPreserveArgv0) !== 0n,
    runner: runner.length === 0 ? null : runner.toString('utf8'),
  };
}

/**
 * Arguments end with NUL each. A process that overwrote its own (setproctitle) may lack the last one, or have filled
 * the room behind its title with NULs, which are no empty arguments.
 */
function splitArguments(bytes: Buffer): string[] {
  if (bytes.length === 0) return [];
  const cut = bytes.length === argumentBytes;
  const text = bytes.toString('utf8').replace(/\0{16,}$/, '\0');
  const words = (text.endsWith('\0') && !cut ? text.slice(0, -1) : text).split('\0');
  if (cut) words.push(`${words.pop() ?? ''}…`);
  return words;
}

/**
 * The container a process belongs to: `/docker/ID` with the cgroupfs driver, `docker-ID.scope` with systemd's. A
 * container's own containers count as its processes.
 */
export function containerOf(cgroup: string): string | null {
  return /\/docker[/-]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(cgroup)?.[1] ?? null;
}
