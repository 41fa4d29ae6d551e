import { create } from 'zustand';
import type { WireError } from '../../contract/errors.ts';
import { applyChanges, type State, type StateUpdate } from '../../contract/state.ts';
import type { EngineLink, LinkStatus } from '../bridge/engine-link.ts';

/** A failure that no record of the state carries: shown once, then forgotten. */
export interface Problem {
  id: number;
  error: WireError;
}

export interface EngineView {
  link: EngineLink | null;
  status: LinkStatus;
  /** When the state was last heard of, epoch milliseconds. */
  heardAt: number;
  clock: number;
  /** Kept when the engine goes away: unreachable is not empty. Null only before the first snapshot. */
  engine: State | null;
  /** Clicks whose procedures have not answered yet, by key. The engine's own state is never optimistic. */
  pending: Readonly<Record<string, true>>;
  problems: readonly Problem[];
}

export const useEngine = create<EngineView>(() => ({
  link: null,
  status: { phase: 'connecting' },
  heardAt: 0,
  clock: 0,
  engine: null,
  pending: {},
  problems: [],
}));

/**
 * Puts an update of the engine into the store, or several gathered into one, of which the first had `firstClock`;
 * `gap` when the one before never came.
 */
export function applyUpdate(update: StateUpdate, firstClock = update.clock): 'applied' | 'gap' {
  const { engine, clock } = useEngine.getState();
  if (update.type === 'snapshot') {
    useEngine.setState({ engine: update.state, clock: update.clock, heardAt: Date.now() });
    return 'applied';
  }
  if (engine === null || firstClock !== clock + 1) return 'gap';
  useEngine.setState({
    engine: applyChanges(engine, update.changes),
    clock: update.clock,
    heardAt: Date.now(),
  });
  return 'applied';
}
