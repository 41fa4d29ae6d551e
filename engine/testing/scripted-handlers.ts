import type { HandlerUse } from '../../contract/emulation.ts';
import type { SelfTest, SelfTestStep } from '../../contract/records.ts';

/** A self-test of one step, passed or not. */
export function scriptedTest(ok: boolean): SelfTest {
  const step: SelfTestStep = {
    id: 'run',
    ok,
    ms: 12,
    detail: ok ? 'exit code 42, as expected' : 'exec format error',
    consequence: null,
  };
  return {
    at: Date.now(),
    cause: 'request',
    ok,
    ms: 12,
    steps: [step],
    complete: true,
    isaLevel: null,
    missingSyscalls: [],
  };
}

/** One container under the handler, with a hostile argument. */
export function scriptedUse(): HandlerUse {
  return {
    at: Date.now(),
    containers: [
      {
        id: 'abc',
        name: 'web',
        processes: [{ pid: 71, argv: ['nginx', 'evil\u001b[2J'] }],
        emulatorVersions: ['10.0.6'],
      },
    ],
    others: [],
    consequences: ['1 program in 1 container goes on until it ends.'],
  };
}
