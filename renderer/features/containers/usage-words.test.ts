import { expect, it } from 'vitest';
import type { ContainerUsage, UsageSample } from '../../../contract/container-usage.ts';
import { usageRates } from './stats/usage-rates.ts';
import { usageWords } from './usage-words.ts';

const usage = (cpuMs: number, change: Partial<ContainerUsage> = {}): ContainerUsage => ({
  cpuMs,
  memoryBytes: 3 * 1024 ** 2,
  memoryLimitBytes: null,
  processes: null,
  readBytes: null,
  writtenBytes: null,
  receivedBytes: null,
  sentBytes: null,
  ...change,
});
const sample = (guestMs: number, containers: UsageSample['containers']): UsageSample => ({
  at: guestMs,
  guestMs,
  containers,
});

it('works the processor out by the guest’s own clock', () => {
  const words = usageWords(sample(3_000, { a: usage(1_500) }), sample(1_000, { a: usage(0) }));
  expect(words('a')).toEqual({ cpu: '75 %', memory: '3 MiB' });
  expect(words('b')).toEqual({ cpu: '', memory: '' });
});

it('says nothing of the processor with one sample only, or after the container began anew', () => {
  expect(usageWords(sample(3_000, { a: usage(9) }), null)('a').cpu).toBe('');
  expect(usageWords(sample(3_000, { a: usage(9) }), sample(1_000, { a: usage(500) }))('a').cpu).toBe('');
  expect(usageWords(null, null)('a')).toEqual({ cpu: '', memory: '' });
});

it('makes rates a second out of counters', () => {
  const before = sample(1_000, { a: usage(0, { readBytes: 100, sentBytes: 5_000 }) });
  const now = sample(3_000, { a: usage(500, { readBytes: 2_100, sentBytes: 10, processes: 4 }) });
  expect(usageRates('a', now, before)).toMatchObject({
    at: 3_000,
    cpuShare: 0.25,
    readRate: 1_000,
    sentRate: null,
    writtenRate: null,
    processes: 4,
  });
  expect(usageRates('b', now, before)).toBeNull();
});
