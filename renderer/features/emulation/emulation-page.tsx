import { Cpu } from 'lucide-react';
import { arches } from '../../../contract/arch.ts';
import { useHandlers, useServiceVm } from '../../state/hooks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { HandlerRow } from './handler-row.tsx';
import { SwitchAll } from './switch-all.tsx';

const note =
  'Green means proved: programs of that architecture were run in this VM, the last time it says so.';

/** One row per architecture: is it proved to work here, and by what. */
export function EmulationPage() {
  const vm = useServiceVm();
  const handlers = useHandlers(vm?.name ?? '');
  if (!vm) return null;
  const known = arches.flatMap((arch) => handlers.find((handler) => handler.arch === arch) ?? []);
  if (known.length === 0) {
    return (
      <Page title="Emulation">
        <EmptyState icon={<Cpu />} title="No architectures yet">
          <p>They are listed as soon as the engine has looked which ones this VM can emulate.</p>
        </EmptyState>
      </Page>
    );
  }
  const blocked =
    vm.state === 'running' || vm.state === 'degraded' ? undefined : 'The VM has to run to switch emulators';
  return (
    <Page
      title="Emulation"
      note={note}
      actions={<SwitchAll vm={vm.name} handlers={known} blocked={blocked} />}
    >
      {blocked ? (
        <p className="rounded-md border border-line bg-sunken px-3 py-2 text-muted">
          The VM is not running. What is switched on is restored and proved again at its next start;{' '}
          <a href="#/overview" className="rounded text-accent underline">
            start it on the overview
          </a>
          .
        </p>
      ) : null}
      <ul
        aria-label="Architectures"
        className="divide-y divide-line rounded-lg border border-line bg-surface shadow-card"
      >
        {known.map((handler) => (
          <HandlerRow key={handler.arch} handler={handler} vm={vm} blocked={blocked} />
        ))}
      </ul>
    </Page>
  );
}
