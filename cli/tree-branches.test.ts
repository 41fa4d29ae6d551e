import { expect, test } from 'vitest';
import type { Process } from '../contract/process-tree.ts';
import { treeBranches } from './tree-branches.ts';

function branchesOf(...family: [pid: number, ppid: number][]): string[] {
  const processes = family.map(([pid, ppid]) => ({ pid, ppid }) as Process);
  const branches = treeBranches(processes);
  return processes.map(({ pid }) => `${branches.get(pid)}${pid}`);
}

test('draws children below their parent, the line going on where more follow', () => {
  expect(branchesOf([1, 0], [2, 1], [3, 2], [4, 3], [5, 1], [6, 5])).toEqual([
    '1',
    ' \\_ 2',
    ' |  \\_ 3',
    ' |     \\_ 4',
    ' \\_ 5',
    '    \\_ 6',
  ]);
});

test('a process whose parent is not there is a root, and so is one that is its own', () => {
  expect(branchesOf([10, 7], [11, 10], [20, 20])).toEqual(['10', ' \\_ 11', '20']);
});
