import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CheckedLog } from './checked-log.ts';

const line = (number: number): string =>
  `${number} ${createHash('sha256').update(`line ${number}\n`).digest('hex')}`;

async function logOf(lines: readonly string[]): Promise<CheckedLog> {
  const vm = {
    dockerOk: async () => '',
    readGuestFile: async () => lines.map((text) => `${text}\n`).join(''),
  };
  return await CheckedLog.start(vm, { image: 'busybox', name: 'log' });
}

test('counts whole lines', async () => {
  expect(await (await logOf([])).check()).toBe(0);
  expect(await (await logOf([line(1), line(2), line(3)])).check()).toBe(3);
});

test.each([
  ['lost', [line(1), line(3)], 'line 2 of log'],
  ['repeated', [line(1), line(1)], 'line 2 of log'],
  ['torn', [line(1), line(2).slice(0, 20), line(3)], 'line 2 of log'],
  ['changed', [line(1).replace(/.$/, 'x')], 'line 1 of log'],
])('names a line that is %s', async (_what, lines, words) => {
  await expect((await logOf(lines)).check()).rejects.toThrow(words);
});
