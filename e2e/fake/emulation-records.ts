import type { Handler, Vm } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import {
  backportsEmulator,
  choiceRecords,
  driftRecord,
  handlerRecord,
  handlerRecords,
  priceRecord,
  selfTestRecord,
  stableEmulator,
  stepRecord,
} from './records.ts';

/** One architecture for each thing that a handler can have to say. */
export function emulationRecords(startedAt: Vm['boot']['startedAt']): Record<string, Handler> {
  const proved = selfTestRecord();
  const said: Handler[] = [
    handlerRecord('arm64', 'on', { price: priceRecord(), runningUnderOthers: 2 }),
    handlerRecord('arm/v7', 'on', { lastTest: withoutCredentials(), flags: 'POF', lastProvedAt: null }),
    handlerRecord('riscv64', 'on', {
      lastTest: selfTestRecord({ at: Date.now() - 4_000, cause: 'drift' }),
      drift: driftRecord({ changes: ['the entry qemu-riscv64 was removed'], restores: 2 }),
    }),
    handlerRecord('ppc64le', 'on', {
      lastTest: { ...proved, complete: false, steps: proved.steps.slice(0, -2), at: Date.now() - 2_000 },
    }),
    handlerRecord('s390x', 'failed', {
      drift: driftRecord({
        changes: [
          'the entry \u001b[31mqemu-s390x\u202e of <b>another</b> program (/usr/bin/qemu-s390x-static) was put before it',
          'the entry qemu-s390x was switched off',
        ],
        restores: 3,
        stopped: true,
      }),
      lastTest: { ...proved, ok: false, steps: proved.steps.slice(0, 1) },
      error: {
        code: 'emulator_failed',
        message: 'Something keeps changing the handler for s390x.',
        hint: 'Switch it on to have it back, or off to leave it to the other program.',
        details: {},
      },
    }),
    handlerRecord('mips64le', 'on', {
      emulatorVersion: backportsEmulator,
      choices: choiceRecords(backportsEmulator).map((choice) => ({
        ...choice,
        ready: true,
        previous: choice.suite === 'stable',
      })),
      price: priceRecord({ emulatorVersion: stableEmulator }),
      lastTest: { ...proved, at: (startedAt ?? 0) - 7_200_000 },
    }),
    handlerRecord('loong64', 'off'),
  ];
  return {
    ...handlerRecords([]),
    ...Object.fromEntries(said.map((handler) => [handlerKey(handler.vm, handler.arch), handler])),
  };
}

function withoutCredentials(): Handler['lastTest'] {
  const proved = selfTestRecord();
  return {
    ...proved,
    ok: false,
    steps: proved.steps.map((step) =>
      step.id === 'credentials'
        ? stepRecord('credentials', 13, 'a setuid program kept the caller’s rights (1000)', {
            ok: false,
            consequence: 'sudo inside will fail: no C',
          })
        : step,
    ),
  };
}
