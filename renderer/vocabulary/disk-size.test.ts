import { expect, it } from 'vitest';
import { readDiskSize } from './disk-size.ts';

const now = 64 * 1024 ** 3;

it('takes what is as large or larger', () => {
  expect(readDiskSize(' 64 ', now)).toEqual({ currentGiB: 64, diskGiB: 64 });
  expect(readDiskSize('128', now)).toEqual({ currentGiB: 64, diskGiB: 128 });
});

it('says why it takes nothing smaller', () => {
  expect(readDiskSize('32', now)).toEqual({
    currentGiB: 64,
    problem: 'It holds 64 GiB already, and a disk cannot be made smaller.',
  });
});

it.each(['', '128 GiB', '3', '1e3', '99999999'])('refuses %j', (typed) => {
  expect(readDiskSize(typed, now)).toHaveProperty('problem');
});
