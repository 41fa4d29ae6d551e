import { describe, expect, it } from 'vitest';
import type { Process, ProcessSample } from '../../../contract/process-tree.ts';
import { processRows } from './process-rows.ts';

function process(pid: number, ppid: number, change: Partial<Process> = {}): Process {
  return {
    pid,
    ppid,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: ['x'],
    rawArgv: ['x'],
    comm: 'x',
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    startedAt: 1_000,
    containerId: null,
    ...change,
  };
}

function sample(at: number, processes: Process[]): ProcessSample {
  return { at, sampleMs: 1, processes, taxes: [],
    omitted: 0 };
}

describe('processRows', () => {
  it('puts children under their parent, with level and place', () => {
    const rows = processRows(
      sample(0, [process(1, 0), process(2, 1), process(4, 2), process(3, 1)]),
      null,
      new Set(),
    );
    expect(
      rows.map((row) => [row.process.pid, row.level, row.position, row.siblings, row.hasChildren]),
    ).toEqual([
      [1, 1, 1, 1, true],
      [2, 2, 1, 2, true],
      [4, 3, 1, 1, false],
      [3, 2, 2, 2, false],
    ]);
  });

  it('leaves out what is below a folded process', () => {
    const rows = processRows(sample(0, [process(1, 0), process(2, 1), process(3, 2)]), null, new Set([2]));
    expect(rows.map((row) => row.process.pid)).toEqual([1, 2]);
  });

  it('keeps processes whose parent is not in the sample, and does not loop on a process that is its own', () => {
    const rows = processRows(sample(0, [process(7, 3), process(9, 9)]), null, new Set());
    expect(rows.map((row) => row.level)).toEqual([1, 1]);
  });

  it('takes the share of a core from two samples, and not across a reused pid', () => {
    const before = sample(10_000, [process(1, 0, { cpuMs: 500 }), process(2, 1, { cpuMs: 900 })]);
    const after = sample(12_000, [
      process(1, 0, { cpuMs: 1_500 }),
      process(2, 1, { cpuMs: 10, startedAt: 11_000 }),
      process(3, 1),
    ]);
    expect(processRows(after, before, new Set()).map((row) => row.cpu)).toEqual([0.5, null, null]);
  });
});
