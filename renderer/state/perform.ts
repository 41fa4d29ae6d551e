import type { WireError } from '../../contract/errors.ts';
import type { State } from '../../contract/state.ts';
import type { EngineClient } from '../bridge/engine-client.ts';
import { attempt } from './attempt.ts';
import { useEngine } from './engine-store.ts';

/** The record with the same error may arrive just after the answer, on a stream of its own. */
const recordDelayMs = 400;

let problemCount = 0;

/**
 * Carries out what a person asked for. `key` is pending meanwhile, and asking again for what is pending does nothing.
 * A failure ends up where the state shows it, else among the problems; the answer is then undefined.
 */
export async function perform<T>(
  key: string,
  work: (client: EngineClient) => Promise<T>,
): Promise<T | undefined> {
  const { link } = useEngine.getState();
  const client = link?.client;
  if (!client) return undefined;
  const outcome = await attempt(key, work);
  if (!outcome) return undefined;
  if (outcome.ok) return outcome.value;
  // A broken connection is shown for the whole window, and a cancelled action is what the person wanted.
  const { error } = outcome;
  if (link.client === client && error.code !== 'cancelled') setTimeout(() => report(error), recordDelayMs);
  return undefined;
}

/** Puts a problem among those to show, unless a record shows it already. */
function report(error: WireError): void {
  const { engine, problems } = useEngine.getState();
  if (engine && isShownByRecord(engine, error)) return;
  problemCount += 1;
  useEngine.setState({ problems: [...problems, { id: problemCount, error }] });
}

function isShownByRecord(engine: State, error: WireError): boolean {
  const records = [
    ...Object.values(engine.vms),
    ...Object.values(engine.handlers),
    ...Object.values(engine.jobs),
  ];
  return records.some((record) => record.error?.message === error.message);
}

export function forgetProblem(id: number): void {
  useEngine.setState(({ problems }) => ({ problems: problems.filter((problem) => problem.id !== id) }));
}
