import { expect, test } from 'vitest';
import type { Process, ProcessSample } from '../contract/process-tree.ts';
import { type TreeContext, treeDocument, treeLines } from './tree-lines.ts';

function process(pid: number, ppid: number, change: Partial<Process>): Process {
  return {
    pid,
    ppid,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: change.rawArgv ?? [],
    rawArgv: [],
    comm: '',
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    startedAt: 0,
    containerId: null,
    ...change,
  };
}

const box = 'b'.repeat(64);
const emulated = {
  execution: 'emulated',
  arch: 'arm64',
  emulator: 'qemu-aarch64',
  containerId: box,
} as const;

const sample: ProcessSample = {
  at: 0,
  sampleMs: 1,
  omitted: 0,
  processes: [
    process(1, 0, { rawArgv: ['/sbin/init'], cpuMs: 1_230, rssBytes: 3_100_000 }),
    process(77, 0, {
      ...emulated,
      argv: ['sh', '-c', 'run \u001b[31mred\n'],
      rawArgv: ['/opt/qemu-aarch64', '/bin/sh', 'sh', '-c', 'run \u001b[31mred\n'],
      cpuMs: 65_230,
      rssBytes: 12_800_000,
    }),
    process(80, 77, { rawArgv: ['/helper'], containerId: box, cpuMs: 10, rssBytes: 400_000 }),
    process(81, 77, { comm: 'gone', state: 'Z', containerId: box }),
  ],
  taxes: [
    {
      containerId: box,
      processes: 3,
      emulated: 1,
      cpuMs: 65_240,
      emulatedCpuMs: 65_230,
      endedCpuMs: 0,
      rssBytes: 13_200_000,
      extraRssBytes: 11_300_000,
    },
  ],
};

const context: TreeContext = {
  containers: {
    [box]: {
      vm: 'service',
      id: box,
      name: 'web\u0007',
      image: 'app',
      command: 'sh',
      state: 'running',
      status: 'Up',
      exitCode: null,
      createdAt: 0,
      startedAt: 0,
      arch: 'arm64',
      execution: 'mixed',
      emulator: 'qemu-aarch64',
      ports: [],
      composeProject: null,
      autoRemove: false,
      binds: [],
      diagnosis: null,
      stale: false,
    },
  },
  nativeArches: ['amd64', '386'],
};

test('prints a block for each container and the VM last, nothing in it acting on the terminal', () => {
  expect(treeLines(sample, context, false)).toEqual(
    [
      'web  (arm64), 99 % of its CPU time is emulated, 11.3 MB more memory for the emulator',
      '    PID  STAT  CPU TIME    MEMORY  ARCH               COMMAND',
      '     77  S      1:05.23   12.8 MB  arm64 emulated     sh -c run  [31mred ',
      '     80  S      0:00.01  400.0 kB  amd64 native here   \\_ /helper',
      '     81  Z      0:00.00       0 B  ended               \\_ [gone]',
      '',
      'The VM itself',
      '    PID  STAT  CPU TIME    MEMORY  ARCH   COMMAND',
      '      1  S      0:01.23    3.1 MB  amd64  /sbin/init',
    ].map((line) => line.trimEnd()),
  );
});

test('--raw shows the emulator', () => {
  expect(treeLines(sample, context, true)[2]).toContain('/opt/qemu-aarch64 /bin/sh sh -c run');
});

test('--json says of each process whether it is native in a foreign container', () => {
  const { processes, taxes } = treeDocument(sample, context);
  expect(processes.map(({ pid, nativeChild }) => [pid, nativeChild])).toEqual([
    [1, false],
    [77, false],
    [80, true],
    [81, false],
  ]);
  expect(taxes).toBe(sample.taxes);
});
