import { Box, Laptop, SquareTerminal } from 'lucide-react';
import type { Vm } from '../../../contract/records.ts';
import { isLocalWindow } from '../../bridge/window-bridge.ts';
import { useContainers, useUnavailable } from '../../state/hooks.ts';
import type { MenuItem } from '../../ui/menu.tsx';
import { openTerminal } from './terminal-sessions.ts';

/** Why there can be no shell in the VM now; undefined when there can. */
export function useVmShellUnavailable(vm: Vm): string | undefined {
  const unreachable = useUnavailable();
  const runs = vm.state === 'running' || vm.state === 'degraded';
  return unreachable ?? (runs ? undefined : 'The VM has to run first');
}

/**
 * Where else than in the VM a shell can be opened. One of this computer is for local windows only: whoever got hold of
 * a browser's address must not get a shell of the host, and the engine's host would not pass it on.
 */
export function useOtherShells(vm: Vm, onChooseContainer: () => void): MenuItem[] {
  const unavailable = useVmShellUnavailable(vm);
  const unreachable = useUnavailable();
  const anyRuns = useContainers().some(({ state }) => state === 'running');
  const icon = 'mt-0.5 size-4 shrink-0 text-muted';
  const items: MenuItem[] = [
    {
      label: 'Shell in the VM',
      note: 'Where the containers run',
      icon: <SquareTerminal aria-hidden className={icon} />,
      unavailable,
      onSelect: () => void openTerminal({ kind: 'vm', vm: vm.name }),
    },
    {
      label: 'Shell in a container…',
      note: 'As docker exec -it does',
      icon: <Box aria-hidden className={icon} />,
      unavailable: unavailable ?? (anyRuns ? undefined : 'No container runs'),
      onSelect: onChooseContainer,
    },
  ];
  if (isLocalWindow()) {
    items.push({
      label: 'Shell of this computer',
      note: 'With DOCKER_HOST set to the VM’s Docker',
      icon: <Laptop aria-hidden className={icon} />,
      unavailable: unreachable,
      onSelect: () => void openTerminal({ kind: 'host' }),
    });
  }
  return items;
}
