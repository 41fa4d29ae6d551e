import { expect, test } from 'vitest';
import { benchArguments } from './bench-arguments.ts';

const parts = ['suspend', 'soak'];

test('takes parts, a file and a number of cycles', () => {
  expect(benchArguments(['soak', '--cycles', '5', '--json', 'x.json'], parts)).toEqual({
    names: ['soak'],
    list: false,
    withoutStock: false,
    json: 'x.json',
    cycles: 5,
  });
});

test('refuses what does not belong there', () => {
  expect(() => benchArguments(['sleep'], parts)).toThrow('there are suspend, soak');
  expect(() => benchArguments(['--cycles', '0'], parts)).toThrow('whole number');
  expect(() => benchArguments(['--jsn', 'x'], parts)).toThrow('--jsn');
});
