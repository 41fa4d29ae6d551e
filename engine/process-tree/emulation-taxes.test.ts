import { expect, it } from 'vitest';
import type { Process } from '../../contract/process-tree.ts';
import { emulationTaxes } from './emulation-taxes.ts';

function process(pid: number, containerId: string | null, change: Partial<Process>): Process {
  return {
    pid,
    ppid: 0,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: [],
    rawArgv: [],
    comm: '',
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    startedAt: 0,
    containerId,
    ...change,
  };
}

const emulated = { execution: 'emulated', arch: 'arm64', emulator: 'qemu-aarch64' } as const;

const processes = [
  process(1, null, { cpuMs: 500, rssBytes: 7 }),
  process(10, 'a', { ...emulated, cpuMs: 780, rssBytes: 100 }),
  process(11, 'a', { cpuMs: 220, rssBytes: 20 }),
  process(20, 'b', { ...emulated, cpuMs: 5, rssBytes: 300 }),
];

it('sums each container, and the VM', () => {
  const emulatorBytes = ({ pid }: Process): number => pid * 2;
  const containerCpuMs = new Map([['a', 1_400]]);
  expect(emulationTaxes({ processes, containerCpuMs, emulatorBytes })).toEqual([
    {
      containerId: 'a',
      processes: 2,
      emulated: 1,
      cpuMs: 1_000,
      emulatedCpuMs: 780,
      endedCpuMs: 400,
      rssBytes: 120,
      extraRssBytes: 20,
    },
    {
      containerId: 'b',
      processes: 1,
      emulated: 1,
      cpuMs: 5,
      emulatedCpuMs: 5,
      endedCpuMs: null,
      rssBytes: 300,
      extraRssBytes: 40,
    },
    {
      containerId: null,
      processes: 4,
      emulated: 2,
      cpuMs: 1_505,
      emulatedCpuMs: 785,
      endedCpuMs: null,
      rssBytes: 427,
      extraRssBytes: 60,
    },
  ]);
});

it('does not call a part of the memory all of it', () => {
  const emulatorBytes = ({ pid }: Process): number | null => (pid === 20 ? null : 1_000);
  const taxes = emulationTaxes({ processes, containerCpuMs: new Map(), emulatorBytes });
  expect(taxes.map((tax) => tax.extraRssBytes)).toEqual([1_000, null, null]);
});

it('knows that nothing emulated costs nothing, and that a zombie has no memory', () => {
  const some = [process(1, 'a', {}), process(2, 'b', { ...emulated, state: 'Z', cpuMs: 30 })];
  const taxes = emulationTaxes({
    processes: some,
    containerCpuMs: new Map([['a', 0]]),
    emulatorBytes: () => null,
  });
  expect(taxes.map((tax) => tax.extraRssBytes)).toEqual([0, 0, 0]);
  expect(taxes.map((tax) => tax.emulatedCpuMs)).toEqual([0, 30, 30]);
});
