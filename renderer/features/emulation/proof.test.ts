import { describe, expect, it } from 'vitest';
import type { Handler, SelfTest } from '../../../contract/records.ts';
import { consequencesOf, proofOf } from './proof.ts';

const now = 1_800_000_000_000;
const around = { now, vmStartedAt: now - 600_000 };

function passed(change: Partial<SelfTest> = {}): SelfTest {
  return {
    at: now - 60_000,
    cause: 'boot',
    ok: true,
    ms: 112,
    steps: [{ id: 'run', ok: true, ms: 12, detail: 'exit code 42', consequence: null }],
    complete: true,
    isaLevel: null,
    missingSyscalls: [],
    ...change,
  };
}

function handler(change: Partial<Handler> = {}): Handler {
  return {
    vm: 'service',
    arch: 'arm64',
    state: 'on',
    wanted: true,
    activity: null,
    emulator: 'qemu-aarch64',
    emulatorVersion: '10.0.13',
    flags: 'POCF',
    switchedOnMs: null,
    lastTest: passed(),
    lastProvedAt: null,
    choices: [],
    runningUnderOthers: 0,
    drift: null,
    price: null,
    error: null,
    ...change,
  };
}

const drift = { at: now - 120_000, changes: ['removed'], restores: 1, stopped: false };

describe('the lamp', () => {
  it('is green when the whole ladder passed since the start and since the last change', () => {
    expect(proofOf(handler(), around)).toEqual({ lamp: 'good', words: 'On, proved' });
    expect(proofOf(handler({ drift }), around).lamp).toBe('good');
  });

  it.each([
    ['nothing was executed', { lastTest: null }],
    ['a rung failed', { lastTest: passed({ ok: false }) }],
    ['rungs are still to come', { lastTest: passed({ complete: false }) }],
    ['the test is of an earlier run of the VM', { lastTest: passed({ at: around.vmStartedAt - 1 }) }],
    ['something changed it after the test', { drift: { ...drift, at: now - 10 } }],
    ['something else keeps changing it', { drift: { ...drift, stopped: true } }],
  ])('is amber when %s', (_why, change) => {
    const proof = proofOf(handler(change), around);
    expect(proof.lamp).toBe('warn');
    expect(proof.words).not.toContain('proved');
  });

  it('does not stay green for days without a test', () => {
    const old = handler({ lastTest: passed({ at: now - 2 * 86_400_000 }) });
    expect(proofOf(old, { now, vmStartedAt: null }).lamp).toBe('warn');
  });

  it('takes nobody’s word for native programs either', () => {
    expect(proofOf(handler({ state: 'native', lastTest: null }), around).lamp).toBe('unknown');
    expect(proofOf(handler({ state: 'native' }), around).lamp).toBe('good');
    expect(proofOf(handler({ state: 'native', lastTest: passed({ ok: false }) }), around).lamp).toBe('bad');
  });
});

it('tells what failed from what is merely not there', () => {
  const steps: SelfTest['steps'] = [
    { id: 'credentials', ok: false, ms: 1, detail: '', consequence: 'sudo inside will fail: no C' },
    { id: 'signal', ok: true, ms: 1, detail: '', consequence: null },
    {
      id: 'syscalls',
      ok: true,
      ms: 1,
      detail: '',
      consequence: 'strace and gdb will not work: ptrace; perf will not work: perf_event_open',
    },
  ];
  expect(consequencesOf(handler({ lastTest: passed({ steps }) }))).toEqual({
    failed: ['sudo inside will fail: no C'],
    limits: ['strace and gdb will not work: ptrace', 'perf will not work: perf_event_open'],
  });
});
