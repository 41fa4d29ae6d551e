import type { Vm } from '../../../contract/records.ts';
import type { TimelineStep } from '../../ui/timeline.tsx';
import { bootStageWords } from '../../vocabulary/vm-words.ts';

/**
 * The stages of a start as steps on one scale. A stage says when it was reached, not when it began, and some run side
 * by side; so a step is drawn from the latest stage reached before it.
 */
export function bootSteps(vm: Pick<Vm, 'state' | 'boot'>): TimelineStep[] {
  const reached = vm.boot.stages.flatMap((stage) => (stage.atMs === null ? [] : [stage.atMs]));
  const lastMs = Math.max(0, ...reached);
  const failed = vm.boot.stages.some((stage) => stage.problem !== null);
  const underWay = vm.state === 'starting' && !failed;
  const next = vm.boot.stages.find((stage) => stage.atMs === null)?.id;
  return vm.boot.stages.map(({ id, atMs, problem }) => ({
    id,
    label: bootStageWords[id],
    startMs: atMs === null ? lastMs : Math.max(0, ...reached.filter((ms) => ms < atMs)),
    endMs: atMs,
    state: problem !== null ? 'failed' : atMs !== null ? 'done' : underWay && id === next ? 'now' : 'waiting',
  }));
}

/** Whether the VM went on from its saved memory: no kernel began anew. */
export function isResume({ stages }: Vm['boot']): boolean {
  return stages.length > 0 && stages.every(({ id }) => id !== 'kernel');
}
