import type { Vm } from '../../../contract/records.ts';
import { useContainers } from '../../state/hooks.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { useNow } from '../../ui/use-now.ts';

const ageTickMs = 10_000;

/** What waits on the disk while the VM is suspended, and why it cannot be used where it cannot. */
export function SavedStateNote({ vm, savedState }: { vm: Vm; savedState: NonNullable<Vm['savedState']> }) {
  const now = useNow(ageTickMs);
  const waiting = useContainers().filter((one) => one.vm === vm.name && one.state === 'running').length;
  const { savedAt, bytes, problem } = savedState;
  const facts: Fact[] = [
    { name: 'Suspended', value: <time title={dateOf(savedAt)}>{formatAge(now - savedAt)}</time> },
    { name: 'Saved memory on this disk', value: formatBytes(bytes) },
    { name: problem ? 'Containers running then' : 'Containers that go on', value: waiting },
  ];
  return (
    <div className="flex flex-col gap-3 px-4 pb-4">
      {problem ? (
        <ErrorPanel tone="warn" message={problem.message} hint={problem.hint} details={problem.details} />
      ) : null}
      <Facts facts={facts} />
    </div>
  );
}

function dateOf(epochMs: number): string {
  return new Date(epochMs).toLocaleString();
}
