import { describe, expect, it } from 'vitest';
import { compareVersions } from './version.ts';

describe('compareVersions', () => {
  // Cases of dpkg's own test suite (lib/dpkg/t/t-version.c) and of Policy 5.6.12, older first.
  const ascending = [
    ['1.0~~', '1.0~~a'],
    ['1.0~~a', '1.0~'],
    ['1.0~', '1.0'],
    ['1.0', '1.0a'],
    ['1.0', '1:0.1'],
    ['0:9', '1:0'],
    ['1.9', '1.10'],
    ['1.0-1', '1.0-1.1'],
    ['1.0-9', '1.0-10'],
    ['1.0a', '1.0+'],
    ['1.0-1', '1.0a-1'],
    ['6.12.107-1', '6.12.117-1'],
    ['26.1.5+dfsg1-9+b3', '26.1.5+dfsg1-9+deb13u1'],
    ['1:10.0.2+ds-2~bpo12+1', '1:10.0.2+ds-2'],
    ['2.0', '2.0-0.1'],
    ['20230311', '20230311.1'],
    ['1.2-2024010112345678901234', '1.2-2024010112345678901235'],
  ] as const;

  it.each(ascending)('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1.0', '0:1.0'],
    ['1.0-0', '1.0'],
    ['1.01', '1.1'],
    ['1.0-00', '1.0-0'],
  ])('%s equals %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
    expect(compareVersions(b, a)).toBe(0);
  });
});
