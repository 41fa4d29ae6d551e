import { expect, it } from 'vitest';
import type { EmulationTax } from '../../contract/process-tree.ts';
import { taxWords } from './tax-words.ts';

const tax: EmulationTax = {
  containerId: 'c',
  processes: 4,
  emulated: 3,
  cpuMs: 10_000,
  emulatedCpuMs: 7_800,
  endedCpuMs: 0,
  rssBytes: 50_000_000,
  extraRssBytes: 11_534_336,
};

it('says the emulated share of CPU time, and the memory of the emulator', () => {
  expect(taxWords(tax)).toEqual(['78 % of its CPU time is emulated', '11 MiB more memory for the emulator']);
});

it.each([
  [0, '0 %'],
  [1, 'less than 1 %'],
  [9_999, '99 %'],
  [10_000, '100 %'],
])('calls only all of it 100 %% and only none of it 0 %%: %i ms of 10 s', (emulatedCpuMs, words) => {
  expect(taxWords({ ...tax, emulatedCpuMs })[0]).toBe(`${words} of its CPU time is emulated`);
});

it('says what it does not know', () => {
  expect(taxWords({ ...tax, cpuMs: 0, emulatedCpuMs: 0, extraRssBytes: null, endedCpuMs: 65_000 })).toEqual([
    'memory of the emulator not read yet',
    '1 min 5 s of CPU time by processes that have ended not counted',
  ]);
});

it.each([1_999, 800])('does not mention what starting the container took: %i ms', (endedCpuMs) => {
  expect(taxWords({ ...tax, cpuMs: 100, emulatedCpuMs: 100, endedCpuMs })).toHaveLength(2);
});

it('says nothing where nothing is emulated', () => {
  expect(taxWords({ ...tax, emulated: 0 })).toEqual([]);
});
