import { EngineError } from '../../base/engine-error.ts';
import type { ForeignVms } from './ports.ts';

const why = 'This version of Foredeck has no VMs of other architectures yet.';

/** Where no VM of another architecture can be had: says so, for every architecture. */
export const foreignVmsAbsent: ForeignVms = {
  unavailable: () => why,
  run: () => Promise.reject(new EngineError({ code: 'wrong_state', message: why })),
};
