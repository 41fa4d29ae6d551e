import { EngineError } from '../base/engine-error.ts';

/** What the scripted engine says where it has nothing to do with. */
export function refused(what: string): EngineError {
  return new EngineError({ code: 'wrong_state', message: `The scripted engine has no ${what}.` });
}
