import type { HandlerState, SelfTest } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { ArchRow } from './arch-table.ts';
import type { BinfmtEntry } from './binfmt-entry.ts';

/** The emulator is registered, or should be, and the test says no. `registerProblem` is the kernel's own reason. */
export function notProved(vm: string, row: ArchRow, test: SelfTest, registerProblem = ''): EngineError {
  const why = registerProblem || failedSteps(test);
  return new EngineError({
    code: 'emulator_failed',
    message: `${row.arch} programs do not run in VM "${vm}": ${why}.`,
    hint: 'Switch it off and on again. If it stays, restart the VM.',
    details: Object.fromEntries(test.steps.map((step) => [step.id, step.detail])),
  });
}

function failedSteps(test: SelfTest): string {
  return test.steps
    .filter((step) => !step.ok)
    .map((step) => step.detail)
    .join('; ');
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

/** What is not emulated has no price. */
export function notEmulated(vm: string, row: ArchRow, state: HandlerState): EngineError {
  const native = state === 'native';
  return new EngineError({
    code: 'wrong_state',
    message: native
      ? `${row.arch} costs nothing: the processor of VM "${vm}" runs it itself.`
      : `What ${row.arch} costs cannot be measured: it is not switched on in VM "${vm}".`,
    hint: native ? '' : `Switch it on first: foredeck emulate ${row.arch} on --vm ${vm}`,
  });
}

export function ownProcessor(vm: string, row: ArchRow): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `${row.arch} cannot be switched off: the processor of VM "${vm}" runs it itself.`,
  });
}

/** The version chosen failed its test. `former` is what runs instead; null: nothing did before. */
export function notChosen(options: {
  row: ArchRow;
  chosen: string;
  test: SelfTest;
  former: { readonly version: string; readonly proved: boolean } | null;
}): EngineError {
  const { row, chosen, test, former } = options;
  const why = failedSteps(test);
  return new EngineError({
    code: 'emulator_failed',
    message: `${row.emulator} ${chosen} did not prove itself (${why}); ${formerWords(row, former)}.`,
    hint: former?.proved
      ? `Nothing has changed for ${row.arch} programs.`
      : 'Choose another version; if none works, restart the VM.',
    details: Object.fromEntries(test.steps.map((step) => [step.id, step.detail])),
  });
}

function formerWords(row: ArchRow, former: { version: string; proved: boolean } | null): string {
  if (!former) return `${row.arch} stays off`;
  if (former.proved) return `${former.version} was put back and proved again`;
  return `${former.version} was put back, but does not prove itself any more either`;
}

/** Something else changes the handler again and again: it is left as it is until a person decides. */
export function driftStopped(row: ArchRow, changes: readonly string[]): EngineError {
  return new EngineError({
    code: 'emulator_failed',
    message: `Something keeps changing the handler for ${row.arch}, most recently: ${changes.join('; ')}.`,
    hint: 'Foredeck put it back three times in ten minutes and has stopped. Switch it on to have it back, or off to leave it to the other program.',
  });
}
