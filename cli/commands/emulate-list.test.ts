import { expect, test } from 'vitest';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { ago, groupedNotes, handlerNotes } from './emulate-list.ts';

const now = 1_000_000_000;

const passed: SelfTest = {
  at: now,
  cause: 'boot',
  ok: true,
  ms: 12,
  steps: [],
  complete: true,
  isaLevel: null,
  missingSyscalls: [],
};

const fine: Handler = {
  vm: 'service',
  arch: 'arm64',
  state: 'on',
  wanted: true,
  activity: null,
  emulator: 'qemu-aarch64',
  emulatorVersion: '10.0.13',
  flags: 'POCF',
  switchedOnMs: 900,
  lastTest: passed,
  lastProvedAt: now,
  choices: [],
  runningUnderOthers: 0,
  drift: null,
  price: null,
  error: null,
};

test('a handler that is fine needs no note', () => {
  expect(handlerNotes(fine, now)).toEqual([]);
});

test('tells what will not work, each thing once', () => {
  const step = { id: 'credentials', ok: false, ms: 1, detail: '', consequence: 'sudo fails: no C' } as const;
  const lastTest: SelfTest = { ...passed, steps: [step, { ...step, id: 'entry' }] };
  expect(handlerNotes({ ...fine, lastTest }, now)).toEqual(['sudo fails: no C']);
  expect(handlerNotes({ ...fine, lastTest, state: 'off' }, now)).toEqual([]);
});

test('tells drift, and that it was given up', () => {
  const drift = { at: now - 65_000, changes: ['the entry was removed'], restores: 2, stopped: false };
  expect(handlerNotes({ ...fine, drift }, now)).toEqual([
    'changed by something else 1 min ago: the entry was removed; put back, 2 times within ten minutes',
  ]);
  expect(handlerNotes({ ...fine, drift: { ...drift, stopped: true } }, now)[0]).toContain(
    'left as it is until you switch it on or off',
  );
});

test('tells what goes on under another version', () => {
  expect(handlerNotes({ ...fine, runningUnderOthers: 3 }, now)).toEqual([
    '3 programs go on under another version until restarted',
  ]);
});

test('says once what is true of several', () => {
  const busy = { ...fine, runningUnderOthers: 1 };
  expect(groupedNotes([busy, { ...fine, arch: '386' }, { ...busy, arch: 's390x' }], now)).toEqual([
    'arm64, s390x: 1 program goes on under another version until restarted',
  ]);
});

test.each([
  [-5, '0 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [90_000_000, '1 d ago'],
])('%i ms are "%s"', (ms, words) => {
  expect(ago(ms)).toBe(words);
});
