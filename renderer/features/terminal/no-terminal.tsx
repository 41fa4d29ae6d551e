import { Box, Laptop, Plus, SquareTerminal } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { isLocalWindow } from '../../bridge/window-bridge.ts';
import { useContainers, usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ContainerChooser } from './container-chooser.tsx';
import { useVmShellUnavailable } from './shell-places.tsx';
import { openTerminal } from './terminal-sessions.ts';

/** What can be opened, and what for. */
export function NoTerminal({ vm }: { vm: Vm }) {
  const [choosing, setChoosing] = useState(false);
  const opening = usePending('terminal:open');
  const unavailable = useVmShellUnavailable(vm);
  const unreachable = useUnavailable();
  const anyRuns = useContainers().some(({ state }) => state === 'running');
  const vmIsDown = unreachable === undefined && unavailable !== undefined;
  return (
    <EmptyState icon={<SquareTerminal />} title="A shell where you need one">
      <p>
        In the VM, to look at the kernel, at binfmt_misc, at Docker’s own side of things. In a container, as
        docker exec does.
        {isLocalWindow() ? ' On this computer, with docker set to talk to the VM.' : ''} Sessions go on while
        you look elsewhere.
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button
          kind="primary"
          icon={<Plus aria-hidden className="size-4" />}
          busy={opening}
          unavailable={unavailable}
          onClick={() => void openTerminal({ kind: 'vm', vm: vm.name })}
        >
          Open a terminal
        </Button>
        <Button
          icon={<Box aria-hidden className="size-4" />}
          unavailable={unavailable ?? (anyRuns ? undefined : 'No container runs')}
          onClick={() => setChoosing(true)}
        >
          In a container…
        </Button>
        {isLocalWindow() ? (
          <Button
            icon={<Laptop aria-hidden className="size-4" />}
            unavailable={unreachable}
            onClick={() => void openTerminal({ kind: 'host' })}
          >
            On this computer
          </Button>
        ) : null}
      </div>
      {vmIsDown ? (
        <p className="text-sm">
          The VM has to run first:{' '}
          <a href="#/overview" className="rounded text-accent underline">
            start it on the overview
          </a>
          .
        </p>
      ) : null}
      <ContainerChooser open={choosing} onClose={() => setChoosing(false)} />
    </EmptyState>
  );
}
