import { expect, test } from 'vitest';
import { vmSize } from './vm-size.ts';

const gib = 1024 ** 3;
const chosen = { cpus: null, memoryMiB: null };

test.each([
  { cores: 2, memory: 4, cpus: 2, memoryMiB: 2_048 },
  { cores: 8, memory: 16, cpus: 4, memoryMiB: 2_048 },
  { cores: 12, memory: 32, cpus: 6, memoryMiB: 4_096 },
  { cores: 32, memory: 256, cpus: 16, memoryMiB: 8_192 },
])('a host with $cores cores and $memory GiB', ({ cores, memory, cpus, memoryMiB }) => {
  expect(vmSize(chosen, { cores, memoryBytes: memory * gib })).toEqual({ cpus, memoryMiB });
});

test('what a person set counts', () => {
  const size = vmSize({ cpus: 1, memoryMiB: 16_384 }, { cores: 8, memoryBytes: 16 * gib });
  expect(size).toEqual({ cpus: 1, memoryMiB: 16_384 });
});
