import { expect, test } from 'vitest';
import { IdleMemory } from './idle-memory.ts';

const mib = 1024 ** 2;
const minuteMs = 60_000;

/** Looks once a minute; gives the numbers of the looks after which the guest is asked. */
function asked(minutes: readonly { busyMs: number; residentMiB: number }[]): number[] {
  const memory = new IdleMemory();
  let cpuMs = 0;
  return minutes.flatMap(({ busyMs, residentMiB }, look) => {
    cpuMs += busyMs;
    return memory.isWorthAsking({ cpuMs, residentBytes: residentMiB * mib }, minuteMs) ? [look] : [];
  });
}

const idle = (residentMiB: number) => ({ busyMs: 1_000, residentMiB });
const busy = (residentMiB: number) => ({ busyMs: 50_000, residentMiB });

test('a guest is asked in its first idle minute, and left alone while it does not grow', () => {
  expect(asked([idle(900), idle(900), idle(500), idle(600), idle(700)])).toEqual([1]);
});

test('a guest that works is not asked, however large it grows', () => {
  expect(asked([busy(500), busy(900), busy(1_500)])).toEqual([]);
});

test('what has come in by work is asked for once the work is over', () => {
  expect(asked([idle(500), idle(500), idle(500), busy(900), busy(1_500), idle(1_500)])).toEqual([1, 5]);
});

test('what does not go is not asked for again', () => {
  expect(asked([idle(1_500), idle(1_500), idle(1_400), idle(1_400), idle(1_600)])).toEqual([1]);
});

test('what went leaves room to grow again', () => {
  expect(asked([idle(1_500), idle(1_500), idle(1_000), idle(600), busy(900), idle(900)])).toEqual([1, 5]);
});
