import type { Vm } from '../../../contract/records.ts';
import { useStale } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatDuration } from '../../ui/text/duration.ts';
import { Timeline } from '../../ui/timeline.tsx';
import { useNow } from '../../ui/use-now.ts';
import { bootSteps, isResume } from './boot-steps.ts';

/** Fast enough to look alive, slow enough to cost nothing. */
const tickMs = 200;

/** The last start, stage by stage, while it happens and afterwards. */
export function BootCard({ vm }: { vm: Vm }) {
  const stale = useStale();
  const live = vm.state === 'starting' && !stale;
  const now = useNow(live ? tickMs : null);
  const elapsedMs = live && vm.boot.startedAt !== null ? Math.max(0, now - vm.boot.startedAt) : 0;
  const docker = vm.boot.stages.find((stage) => stage.id === 'docker');
  const problems = vm.boot.stages.flatMap((stage) => (stage.problem === null ? [] : [stage.problem]));
  return (
    <Card
      title={isResume(vm.boot) ? 'Resume' : 'Boot'}
      note={
        docker?.atMs != null
          ? `Docker answered ${formatDuration(docker.atMs)} after QEMU started`
          : live
            ? `${formatDuration(elapsedMs)} so far`
            : undefined
      }
    >
      {problems
        .filter((problem) => problem !== vm.error?.message)
        .map((problem) => (
          <div key={problem} className="mb-3">
            <ErrorPanel tone="warn" message={problem} />
          </div>
        ))}
      <Timeline label="Boot stages" steps={bootSteps(vm)} elapsedMs={elapsedMs} />
    </Card>
  );
}
