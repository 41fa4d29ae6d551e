import { describe, expect, it } from 'vitest';
import type { Process } from '../../contract/process-tree.ts';
import { buildTree } from './build-tree.ts';

const box = 'b'.repeat(64);

function process(pid: number, ppid: number, containerId: string | null = box): Process {
  return {
    pid,
    ppid,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: [String(pid)],
    rawArgv: [String(pid)],
    comm: String(pid),
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    startedAt: 0,
    containerId,
  };
}

function shape(processes: readonly Process[]): [number, number][] {
  return processes.map(({ pid, ppid }) => [pid, ppid]);
}

describe('buildTree', () => {
  it('puts a parent before its children, children by pid, whatever the order of /proc', () => {
    const all = [
      process(50, 20),
      process(20, 10),
      process(9, 10),
      process(10, 1),
      process(30, 9),
      process(21, 20),
    ];
    expect(shape(buildTree(all, box, 100).processes)).toEqual([
      [10, 0],
      [9, 10],
      [30, 9],
      [20, 10],
      [21, 20],
      [50, 20],
    ]);
  });

  it('makes roots of those whose parent is outside: the shim, or docker exec', () => {
    const all = [process(1, 0, null), process(5, 1, null), process(10, 5), process(77, 5), process(11, 10)];
    expect(shape(buildTree(all, box, 100).processes)).toEqual([
      [10, 0],
      [11, 10],
      [77, 0],
    ]);
    expect(shape(buildTree(all, null, 100).processes)).toEqual([
      [1, 0],
      [5, 1],
      [10, 5],
      [11, 10],
      [77, 5],
    ]);
  });

  it('counts what it leaves out', () => {
    const all = Array.from({ length: 5_000 }, (_, index) => process(index + 1, index));
    const tree = buildTree(all, box, 2_000);
    expect(tree.processes).toHaveLength(2_000);
    expect(tree.omitted).toBe(3_000);
    expect(tree.processes.at(-1)?.pid).toBe(2_000);
  });

  it('is empty for a container without processes', () => {
    expect(buildTree([process(1, 0)], 'c'.repeat(64), 10)).toEqual({ processes: [], omitted: 0 });
  });
});
