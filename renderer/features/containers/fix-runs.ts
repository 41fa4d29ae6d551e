import { create } from 'zustand';
import type { Fix, FixOutcome } from '../../../contract/doctor.ts';
import type { WireError } from '../../../contract/errors.ts';
import type { Container } from '../../../contract/records.ts';
import { attempt } from '../../state/attempt.ts';
import { knownJobs } from '../../state/new-jobs.ts';

/** What became of a fix somebody pressed. `known`: the jobs there were before. */
export type FixRun = { fix: Fix; known: ReadonlySet<string> } & (
  | { phase: 'working' }
  | { phase: 'done'; outcome: FixOutcome }
  | { phase: 'failed'; error: WireError }
);

/**
 * The last fix of each container, by its id. Kept here rather than in the row: a fix pulls images and boots programs,
 * and rows are folded, sorted and renamed meanwhile.
 */
export const useFixRuns = create<Readonly<Record<string, FixRun>>>(() => ({}));

export async function applyFix(container: Container, fix: Fix, data: 'keep' | 'fresh'): Promise<void> {
  const { vm, id } = container;
  const known = knownJobs();
  if (useFixRuns.getState()[id]?.phase === 'working') return;
  useFixRuns.setState({ [id]: { fix, known, phase: 'working' } });
  const outcome = await attempt(`doctor:fix:${id}`, (client) =>
    client.doctor.fix({ vm, container: id, fix: fix.id, data }),
  );
  if (!outcome) return;
  useFixRuns.setState({
    [id]: outcome.ok
      ? { fix, known, phase: 'done', outcome: outcome.value }
      : { fix, known, phase: 'failed', error: outcome.error },
  });
}

/** Takes the outcome of the container's last fix off the screen. */
export function dismissFixRun(id: string): void {
  const { [id]: _dismissed, ...rest } = useFixRuns.getState();
  useFixRuns.setState(rest, true);
}
