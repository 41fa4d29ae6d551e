import { expect, it } from 'vitest';
import { priceWords } from './price-words.ts';

it('rounds to what a short benchmark is worth', () => {
  const price = {
    at: 0,
    loopFactor: 3.14,
    nativeLoopMs: 100,
    emulatedLoopMs: 314,
    nativeExecMs: 0.93,
    emulatedExecMs: 18.24,
    emulatorVersion: '10.0.13',
  };
  expect(priceWords('arm64', price)).toBe(
    'This machine: arm64 takes about 3.1× as long in loops, and 18 ms per program started (native 0.9 ms).',
  );
});
