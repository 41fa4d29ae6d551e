import { create } from 'zustand';
import type { Container } from '../../../contract/records.ts';
import { actOn, actOnProject, type ContainerAct } from './container-acts.ts';
import type { ProjectRow } from './container-rows.ts';

/** What waits for a person's yes, since something is lost by it. */
export type Asking =
  | { kind: 'container'; act: ContainerAct; container: Container }
  | { kind: 'project'; action: 'stop' | 'restart'; row: ProjectRow };

/** One at a time. Kept here and not in a row, which may be scrolled away, sorted and drawn anew meanwhile. */
export const useAsking = create<{ asking: Asking | null }>(() => ({ asking: null }));

export function stopAsking(): void {
  useAsking.setState({ asking: null });
}

/** Does it, or asks first where something is lost by it. */
export function ask(container: Container, act: ContainerAct): void {
  const removesItself = container.autoRemove && (act === 'stop' || act === 'kill');
  if (act === 'remove' || act === 'kill' || removesItself) {
    useAsking.setState({ asking: { kind: 'container', act, container } });
  } else void actOn(container, act);
}

export function askProject(row: ProjectRow, action: 'start' | 'stop' | 'restart'): void {
  const { vm, project } = row;
  if (project === null) return;
  if (action === 'stop' && row.losing) useAsking.setState({ asking: { kind: 'project', action, row } });
  else void actOnProject({ vm, project, action });
}
