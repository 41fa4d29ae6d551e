import type { ContainerUsage } from '../../contract/container-usage.ts';
import { containerOf } from './raw-sample.ts';
import { records } from './records.ts';

export interface RawUsage {
  readonly uptimeMs: number;
  /** How long it took in the guest. */
  readonly sampleMs: number;
  readonly containers: ReadonlyMap<string, ContainerUsage>;
}

/**
 * Reads the body of the sampler's answer to `usage`. A container whose cgroup went meanwhile is left out. Sources:
 * cgroup-v2.rst (cpu.stat in microseconds, memory.*, pids.current, io.stat), proc_pid_net(5) for `dev`. Throws
 * RangeError when it is cut short.
 */
export function readRawUsage(body: Buffer): RawUsage {
  let uptimeMs = 0;
  let sampleMs = 0;
  const containers = new Map<string, ContainerUsage>();
  for (const [kind, ...fields] of records(body)) {
    const text = fields.map((field) => field.toString('latin1'));
    if (kind?.toString('latin1') === 'head') {
      const [uptime = 0, took = 0] = text.map(Number);
      uptimeMs = uptime * 1_000;
      sampleMs = Math.round(took * 1_000);
      continue;
    }
    const [path = '', cpu = '', memory = '', statistics = '', limit = '', pids = '', io = '', network = ''] =
      text;
    const id = containerOf(path);
    const usedMicroseconds = /^usage_usec (\d+)$/m.exec(cpu)?.[1];
    if (id === null || usedMicroseconds === undefined) continue;
    const droppable = Number(/^inactive_file (\d+)$/m.exec(statistics)?.[1] ?? 0);
    const traffic = network === '' ? null : trafficOf(network);
    containers.set(id, {
      cpuMs: Number(usedMicroseconds) / 1_000,
      memoryBytes: Math.max(0, Number(memory) - droppable),
      memoryLimitBytes: /^\d+/.test(limit) ? Number(limit) : null,
      processes: pids === '' ? null : Number(pids),
      readBytes: pids === '' ? null : sumOf(io, /\brbytes=(\d+)/g),
      writtenBytes: pids === '' ? null : sumOf(io, /\bwbytes=(\d+)/g),
      receivedBytes: traffic?.received ?? null,
      sentBytes: traffic?.sent ?? null,
    });
  }
  return { uptimeMs, sampleMs, containers };
}

function sumOf(text: string, pattern: RegExp): number {
  let sum = 0;
  for (const [, bytes] of text.matchAll(pattern)) sum += Number(bytes);
  return sum;
}

/** Of every interface but the loopback: after the name, bytes received come first, bytes sent ninth. */
function trafficOf(text: string): { received: number; sent: number } {
  let received = 0;
  let sent = 0;
  for (const [, name, figures = ''] of text.matchAll(/^ *([^\s:]+): *(.*)$/gm)) {
    if (name === 'lo') continue;
    const values = figures.split(/ +/).map(Number);
    received += values[0] ?? 0;
    sent += values[8] ?? 0;
  }
  return { received, sent };
}
