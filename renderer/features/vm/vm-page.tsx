import type { ReactNode } from 'react';
import { useServiceVm } from '../../state/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { BootCard } from './boot-card.tsx';
import { ConsoleCard } from './console-card.tsx';
import { FiguresCard } from './figures-card.tsx';
import { VmCard } from './vm-card.tsx';

/** The overview. `beside` is what another feature shows next to the boot. */
export function VmPage({ beside }: { beside: ReactNode }) {
  const vm = useServiceVm();
  if (!vm) return null;
  return (
    <Page title="Overview">
      <VmCard vm={vm} />
      {vm.boot.startedAt === null ? (
        beside
      ) : (
        <>
          <FiguresCard vm={vm} />
          <div className="grid items-start gap-4 min-[68rem]:grid-cols-2">
            {beside}
            <BootCard vm={vm} />
          </div>
          <ConsoleCard vm={vm} />
        </>
      )}
    </Page>
  );
}
