import type { ReactNode } from 'react';
import { useServiceVm } from '../../state/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { BootCard } from './boot-card.tsx';
import { ConsoleCard } from './console-card.tsx';
import { FiguresCard } from './figures-card.tsx';
import { VmCard } from './vm-card.tsx';

/** The overview. `above` and `beside`, next to the boot, are what other features show. */
export function VmPage({ above, beside }: { above: ReactNode; beside: ReactNode }) {
  const vm = useServiceVm();
  if (!vm) return null;
  const isSetUp = vm.state !== 'absent' && vm.state !== 'composing';
  const showsBoot = vm.boot.startedAt !== null || vm.state === 'starting';
  return (
    <Page title="Overview">
      {above}
      <VmCard vm={vm} />
      {isSetUp ? <FiguresCard vm={vm} /> : null}
      {showsBoot ? (
        <div className="grid items-start gap-4 min-[68rem]:grid-cols-2">
          {beside}
          <BootCard vm={vm} />
        </div>
      ) : (
        beside
      )}
      {isSetUp ? <ConsoleCard vm={vm} /> : null}
    </Page>
  );
}
