import type { SelfTest } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { ArchRow } from './arch-table.ts';
import type { BinfmtEntry } from './binfmt-entry.ts';

/** The emulator is registered, or should be, and the test says no. `registerProblem` is the kernel's own reason. */
export function notProved(vm: string, row: ArchRow, test: SelfTest, registerProblem = ''): EngineError {
  const failed = test.steps.filter((step) => !step.ok);
  const why = registerProblem || failed.map((step) => step.detail).join('; ');
  return new EngineError({
    code: 'emulator_failed',
    message: `${row.arch} programs do not run in VM "${vm}": ${why}.`,
    hint: 'Switch it off and on again. If it stays, restart the VM.',
    details: Object.fromEntries(test.steps.map((step) => [step.id, step.detail])),
  });
}

/** Our entry is gone or never was, and somebody else's takes the architecture's programs. */
export function runByOthers(row: ArchRow, entry: BinfmtEntry): EngineError {
  return new EngineError({
    code: 'emulator_failed',
    message: `${row.arch} programs run all the same: another program registered "${entry.name}" (${entry.interpreter}).`,
    hint: 'Foredeck removes only its own handlers. Remove that one where it came from, or restart the VM.',
    details: { entry: entry.name, interpreter: entry.interpreter },
  });
}

export function notRemoved(row: ArchRow, problem: string): EngineError {
  return new EngineError({
    code: 'emulator_failed',
    message: `The handler for ${row.arch} could not be removed: ${problem || 'the kernel kept it'}.`,
    hint: 'Restart the VM: handlers do not survive that.',
  });
}

export function notRunning(vm: string): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is not running, so its handlers cannot be changed or tested.`,
    hint: `Start it first: foredeck start --vm ${vm}`,
  });
}

export function ownProcessor(vm: string, row: ArchRow): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `${row.arch} cannot be switched off: the processor of VM "${vm}" runs it itself.`,
  });
}
