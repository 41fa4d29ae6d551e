import { ListTree } from 'lucide-react';
import { useEffect } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { useServiceVm } from '../../state/hooks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { vmStateWords } from '../../vocabulary/vm-words.ts';
import { VmProcesses } from './vm-processes.tsx';

/** Every process of the VM, by container. */
export function ProcessesPage() {
  const vm = useServiceVm();
  useEffect(() => {
    document.title = 'Processes · Foredeck';
  }, []);
  if (!vm) return null;
  return (
    <div className="mx-auto flex h-full min-h-96 w-full max-w-7xl flex-col gap-3 px-4 py-5 sm:px-6">
      {vm.state === 'running' || vm.state === 'degraded' ? <VmProcesses vm={vm} /> : <VmOff vm={vm} />}
    </div>
  );
}

function VmOff({ vm }: { vm: Vm }) {
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Processes</h1>
      <EmptyState icon={<ListTree />} title="There are no processes">
        <p>
          The VM is {vmStateWords[vm.state].word.toLowerCase()}; its processes show here while it runs.{' '}
          <a href="#/overview" className="rounded text-accent underline">
            See the overview
          </a>
          .
        </p>
      </EmptyState>
    </>
  );
}
