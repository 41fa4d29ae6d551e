import { expect, test } from 'vitest';
import { IdleMemory } from './idle-memory.ts';

const mib = 1024 ** 2;
const minuteMs = 60_000;

/** Looks once a minute; gives what was decided after each. */
function looks(minutes: readonly { busyMs: number; residentMiB: number }[]): boolean[] {
  const memory = new IdleMemory();
  let cpuMs = 0;
  return minutes.map(({ busyMs, residentMiB }) => {
    cpuMs += busyMs;
    return memory.isWorthDropping({ cpuMs, residentBytes: residentMiB * mib }, minuteMs);
  });
}

const idle = (residentMiB: number) => ({ busyMs: 1_000, residentMiB });
const busy = (residentMiB: number) => ({ busyMs: 50_000, residentMiB });

test('a guest that idles and does not grow is left alone', () => {
  expect(looks([idle(500), idle(500), idle(510), idle(600), idle(700)])).not.toContain(true);
});

test('what has come in by work goes once the work is over', () => {
  expect(looks([idle(500), idle(500), busy(900), busy(1_500), idle(1_500)])).toEqual([
    ...[false, false, false, false],
    true,
  ]);
});

test('what does not go is not asked for again', () => {
  expect(looks([idle(500), idle(500), idle(1_500), idle(1_400), idle(1_400)])).toEqual([
    ...[false, false],
    true,
    ...[false, false],
  ]);
});

test('what went leaves room to grow again', () => {
  expect(looks([idle(500), idle(500), idle(1_500), idle(1_000), idle(600), busy(900), idle(900)])).toEqual([
    ...[false, false],
    true,
    ...[false, false, false],
    true,
  ]);
});
