import { expect, it } from 'vitest';
import { choiceName, choiceVersion, priceWords, shortVersion } from './emulator-words.ts';

const choice = { ready: true, recommended: false, current: false, previous: false };

it('shortens Debian’s versions to QEMU’s own', () => {
  expect(shortVersion('10.0.13+ds-0+deb13u1')).toBe('10.0.13');
  expect(shortVersion('11.1.3~rc1+ds-1~bpo13+1')).toBe('11.1.3');
  expect(shortVersion('10.0.2')).toBe('10.0.2');
});

it('names a choice by version, else by suite', () => {
  const known = { ...choice, suite: 'stable', version: '10.0.13+ds-0+deb13u1' } as const;
  expect(choiceName(known)).toBe('10.0.13');
  expect(choiceVersion(known)).toBe('10.0.13+ds-0+deb13u1');
  const unasked = { ...choice, suite: 'backports', version: null } as const;
  expect(choiceName(unasked)).toBe('newest of Debian backports');
  expect(choiceVersion(unasked)).toBe('backports');
});

it('says a price in one line', () => {
  const price = { at: 0, nativeLoopMs: 310, emulatedLoopMs: 961, emulatorVersion: '10.0.13' };
  expect(priceWords({ ...price, loopFactor: 3.1, nativeExecMs: 0.93, emulatedExecMs: 18.2 })).toBe(
    'about 3.1× in loops, 18 ms per exec (native 0.9)',
  );
  expect(priceWords({ ...price, loopFactor: 25.4, nativeExecMs: 12.6, emulatedExecMs: 140 })).toBe(
    'about 25× in loops, 140 ms per exec (native 13)',
  );
});
