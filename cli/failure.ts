import { EngineError, toEngineError } from '../engine/base/engine-error.ts';
import { note, printJson } from './output.ts';
import { printable } from './printable.ts';

/** Wrong usage: exit status 2 and one line. */
export class UsageError extends Error {}

/** A command that failed without a message of its own left to say, such as a self-test whose steps are printed. */
export class Failed extends Error {}

/** Exit statuses: 1 failed, 2 wrong usage, 130 interrupted (as shells say it for SIGINT). */
const failedStatus = 1;
const usageStatus = 2;
export const interruptedStatus = 130;

/** Says what went wrong and gives the exit status. With `json`, standard output gets the error as its one document. */
export function reportFailure(thrown: unknown, json: boolean): number {
  if (thrown instanceof UsageError) {
    note(`foredeck: ${thrown.message}`);
    return usageStatus;
  }
  if (thrown instanceof Failed) return failedStatus;
  const error = toEngineError(thrown);
  if (json) printJson({ error: error.toWire() });
  note(`foredeck: ${printable(error.message)}`);
  if (error.hint !== '') note(printable(error.hint));
  for (const [name, text] of Object.entries(error.details)) {
    note(`${printable(name)}:`);
    for (const line of text.split('\n').slice(-30)) note(`  ${printable(line)}`);
  }
  if (error.code === 'internal' && !(thrown instanceof EngineError) && thrown instanceof Error) {
    if (process.env.FOREDECK_LOG === 'debug') note(thrown.stack ?? '');
  }
  return error.code === 'cancelled' ? interruptedStatus : failedStatus;
}
