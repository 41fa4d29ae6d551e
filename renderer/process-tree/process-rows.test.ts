import { describe, expect, it } from 'vitest';
import { isNativeChild, type Process } from '../../contract/process-tree.ts';
import { cpuShares } from './cpu-shares.ts';
import { groupedRows } from './grouped-rows.ts';
import { processRows } from './process-rows.ts';
import { processSearch } from './process-search.ts';

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

const plain = { cpuOf: () => null, isNativeChild: () => false, folded: new Set<string>(), matches: null };

describe('processRows', () => {
  const pids = (rows: ReturnType<typeof processRows>): number[] => rows.map((row) => row.process.pid);

  it('puts children under their parent, with level and place', () => {
    const processes = [process(1, 0), process(2, 1), process(4, 2), process(3, 1)];
    const rows = processRows({ ...plain, processes, level: 1 });
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
    const processes = [process(1, 0), process(2, 1), process(3, 2)];
    expect(pids(processRows({ ...plain, processes, folded: new Set(['2']), level: 1 }))).toEqual([1, 2]);
  });

  it('keeps processes whose parent is not there, and does not loop on one that is its own', () => {
    const rows = processRows({ ...plain, processes: [process(7, 3), process(9, 9)], level: 1 });
    expect(rows.map((row) => row.level)).toEqual([1, 1]);
  });

  it('shows what matches with everything above it, folded or not', () => {
    const processes = [process(1, 0), process(2, 1), process(3, 2), process(4, 1)];
    const matches = ({ pid }: Process): boolean => pid === 3;
    expect(pids(processRows({ ...plain, processes, matches, folded: new Set(['1']), level: 1 }))).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('groupedRows', () => {
  const processes = [
    process(1, 0, { cpuMs: 10, rssBytes: 5 }),
    process(20, 1, { containerId: 'b', cpuMs: 70, rssBytes: 100 }),
    process(21, 20, { containerId: 'b', cpuMs: 30, rssBytes: 11 }),
    process(30, 1, { containerId: 'a' }),
    process(40, 1, { containerId: 'unlisted' }),
  ];
  const options = { ...plain, processes, taxes: [], containerIds: ['a', 'b', 'gone'] };

  it('puts containers in order, those Docker does not list after them, and the VM last', () => {
    const heads = groupedRows(options).filter((row) => row.kind === 'group');
    expect(heads.map((row) => [row.containerId, row.processes, row.cpuMs, row.rssBytes])).toEqual([
      ['a', 1, 0, 0],
      ['b', 2, 100, 111],
      ['unlisted', 1, 0, 0],
      [null, 1, 10, 5],
    ]);
    expect(heads.map((row) => [row.position, row.siblings])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
  });

  it('makes a tree of each, below its head', () => {
    const rows = groupedRows(options).map((row) => [row.key, row.level]);
    expect(rows).toEqual([
      ['a', 1],
      ['30', 2],
      ['b', 1],
      ['20', 2],
      ['21', 3],
      ['unlisted', 1],
      ['40', 2],
      ['vm', 1],
      ['1', 2],
    ]);
  });

  it('folds a group, and leaves out one in which nothing matches', () => {
    const folded = groupedRows({ ...options, folded: new Set(['b', 'vm']) }).map((row) => row.key);
    expect(folded).toEqual(['a', '30', 'b', 'unlisted', '40', 'vm']);
    const matches = ({ pid }: Process): boolean => pid === 21;
    expect(groupedRows({ ...options, matches }).map((row) => row.key)).toEqual(['b', '20', '21']);
  });
});

describe('cpuShares', () => {
  it('takes the share of a core from two samples, and not across a reused pid', () => {
    const taken = { sampleMs: 1, taxes: [], omitted: 0 };
    const before = [process(1, 0, { cpuMs: 500 }), process(2, 1, { cpuMs: 900 })];
    const after = [
      process(1, 0, { cpuMs: 1_500 }),
      process(2, 1, { cpuMs: 10, startedAt: 11_000 }),
      process(3, 1),
    ];
    const latest = { ...taken, at: 12_000, processes: after };
    expect(after.map(cpuShares(latest, { ...taken, at: 10_000, processes: before }))).toEqual([
      0.5,
      null,
      null,
    ]);
    expect(after.map(cpuShares(latest, null))).toEqual([null, null, null]);
  });
});

describe('processSearch', () => {
  const emulated = process(77, 0, {
    execution: 'emulated',
    arch: 'arm64',
    argv: ['Python3', 'app.py'],
    rawArgv: ['/opt/qemu-aarch64', '/usr/bin/python3', 'Python3', 'app.py'],
    containerId: 'c1',
  });
  const finds = (search: string): boolean | undefined => processSearch(search, () => 'web-1')?.(emulated);

  it('wants every word, wherever it stands', () => {
    expect(finds('python3 ARM64')).toBe(true);
    expect(finds('qemu-aarch64')).toBe(true);
    expect(finds('web-1 emulated 77')).toBe(true);
    expect(finds('python3 native')).toBe(false);
  });

  it('is no search without words', () => expect(processSearch('  ', String)).toBeNull());
});

describe('isNativeChild', () => {
  const native = ['amd64', '386'] as const;

  it('marks what runs natively in a foreign container only', () => {
    expect(isNativeChild(process(1, 0), 'arm64', native)).toBe(true);
    expect(isNativeChild(process(1, 0), 'amd64', native)).toBe(false);
    expect(isNativeChild(process(1, 0, { arch: '386' }), 'amd64', native)).toBe(false);
    expect(isNativeChild(process(1, 0), null, native)).toBe(false);
    expect(isNativeChild(process(1, 0, { execution: 'emulated' }), 'arm64', native)).toBe(false);
  });

  it('leaves out what has ended, and runc before it becomes the program', () => {
    expect(isNativeChild(process(1, 0, { state: 'Z' }), 'arm64', native)).toBe(false);
    expect(isNativeChild(process(1, 0, { comm: 'runc:[2:INIT]' }), 'arm64', native)).toBe(false);
  });
});
