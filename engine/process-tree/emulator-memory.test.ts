import { describe, expect, it } from 'vitest';
import type { Process } from '../../contract/process-tree.ts';
import { EmulatorMemory } from './emulator-memory.ts';
import type { RawMemory } from './raw-memory.ts';

const bootAt = 1_000_000;
const minuteMs = 60_000;

function emulated(pid: number, startedAfterBootMs = pid): Process {
  return {
    pid,
    ppid: 0,
    uid: 0,
    state: 'S',
    execution: 'emulated',
    arch: 'arm64',
    emulator: 'qemu-aarch64',
    argv: [],
    rawArgv: [],
    comm: '',
    cpuMs: 0,
    rssBytes: 0,
    threads: 2,
    startedAt: bootAt + startedAfterBootMs,
    containerId: null,
  };
}

function read(pids: readonly number[], tookMs = 10): RawMemory {
  return {
    tookMs,
    processes: pids.map((pid) => ({ pid, startedAfterBootMs: pid, emulatorBytes: pid * 1_000 })),
  };
}

describe('EmulatorMemory', () => {
  const three = [emulated(1), emulated(2), emulated(3)];

  it('asks for each emulated process once, and again after a minute', () => {
    const memory = new EmulatorMemory();
    expect(memory.due([...three, { ...emulated(4), execution: 'native' }], 0)).toEqual([1, 2, 3]);
    memory.learn(read([1, 2, 3]), bootAt, 0);
    expect(memory.due(three, minuteMs - 1)).toEqual([]);
    expect(memory.due([...three, emulated(5)], minuteMs - 1)).toEqual([5]);
    expect(memory.due([...three, emulated(5)], minuteMs)).toEqual([5, 1, 2, 3]);
    expect(three.map((process) => memory.bytesOf(process))).toEqual([1_000, 2_000, 3_000]);
  });

  it('takes fewer at a time where reading is dear, and more where it is cheap', () => {
    const many = Array.from({ length: 500 }, (_, index) => emulated(index + 1));
    const memory = new EmulatorMemory();
    const first = memory.due(many, 0);
    memory.learn(read(first, first.length * 50), bootAt, 0);
    expect(memory.due(many, 0)).toHaveLength(2);
    memory.learn(read(memory.due(many, 0), 0), bootAt, 0);
    expect(memory.due(many, 0).length).toBeGreaterThan(30);
    memory.learn(read(memory.due(many, 0), 60_000), bootAt, 0);
    expect(memory.due(many, 0)).toHaveLength(1);
  });

  it('does not take one process for another that had its pid', () => {
    const memory = new EmulatorMemory();
    memory.learn(read([7]), bootAt, 0);
    expect(memory.bytesOf(emulated(7))).toBe(7_000);
    expect(memory.bytesOf(emulated(7, 9_999))).toBeNull();
  });

  it('forgets the dead, and asks no more than once a minute for what cannot be read', () => {
    const memory = new EmulatorMemory();
    memory.learn(
      { tookMs: 0, processes: [{ pid: 1, startedAfterBootMs: 1, emulatorBytes: null }] },
      bootAt,
      0,
    );
    expect(memory.bytesOf(emulated(1))).toBeNull();
    expect(memory.due([emulated(1)], 0)).toEqual([]);
    memory.keep([]);
    expect(memory.due([emulated(1)], 0)).toEqual([1]);
  });
});
