import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EngineError } from '../base/engine-error.ts';
import { procStat } from '../process-tree/proc-stat.ts';

/** What a process of the host has used so far, and holds now. */
export interface ProcessUsage {
  /** User and system time since its start. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Linux gives programs a clock of 100 ticks a second on every architecture (USER_HZ). */
const msPerTick = 10;

/** stat(2) counts in these, whatever the file system's own blocks are. */
const statBlockBytes = 512;

/** Reads it from /proc, from `ps` where there is none. Throws `qemu_failed` when the process is gone. */
export async function processUsage(pid: number, platform = process.platform): Promise<ProcessUsage> {
  try {
    return await (platform === 'linux' ? usageFromProc(pid) : usageFromPs(pid));
  } catch (thrown) {
    throw new EngineError({
      code: 'qemu_failed',
      message: `Process ${pid} cannot be looked at; it has probably ended.`,
      cause: thrown,
    });
  }
}

/** Space a file takes on the host, holes left out. */
export async function allocatedBytes(path: string): Promise<number> {
  const { blocks } = await stat(path);
  return blocks * statBlockBytes;
}

/** Fields of proc_pid_stat(5); memory from proc_pid_status(5), which counts kB where stat counts pages. */
async function usageFromProc(pid: number): Promise<ProcessUsage> {
  const [ticks, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`).then(procStat),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  return {
    cpuMs: (ticks.field(14) + ticks.field(15)) * msPerTick,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
  };
}

/** POSIX ps: `rss` in kB; `time` as [[dd-]hh:]mm:ss, on macOS with hundredths. */
async function usageFromPs(pid: number): Promise<ProcessUsage> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [, kilobytes, time = ''] = /^\s*(\d+)\s+([\d:.-]+)\s*$/.exec(stdout) ?? [];
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return {
    cpuMs: (seconds + Number(days) * 86_400) * 1_000,
    residentBytes: Number(kilobytes) * 1024,
  };
}
