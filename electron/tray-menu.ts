import type { MenuItemConstructorOptions } from 'electron';
import type { Vm } from '../contract/records.ts';
import type { State } from '../contract/state.ts';

export interface TrayActions {
  readonly open: () => void;
  readonly showContainers: () => void;
  readonly startEngine: () => void;
  readonly startVm: (vm: string) => void;
  readonly stopVm: (vm: string) => void;
  readonly stopAndQuit: () => void;
  readonly quit: () => void;
}

/** What the tray shows: each VM with what can be done to it now, then the program. `state` null: no engine. */
export function trayMenu(state: State | null, act: TrayActions): MenuItemConstructorOptions[] {
  const vms = state
    ? Object.values(state.vms).flatMap((vm) => vmItems(vm, state, act))
    : [
        { label: 'The engine is not running', enabled: false },
        { label: 'Start the Engine', click: act.startEngine },
      ];
  const containers = state ? [{ label: containersLabel(state), click: act.showContainers }] : [];
  return [
    { label: 'Open Foredeck', click: act.open },
    { type: 'separator' },
    ...vms,
    ...containers,
    { type: 'separator' },
    ...(state ? [{ label: 'Stop the VM and Quit', click: act.stopAndQuit }] : []),
    { label: 'Quit Foredeck', click: act.quit },
  ];
}

/** One line for the pointer that rests on the tray's icon. */
export function trayTip(state: State | null): string {
  if (!state) return 'Foredeck: the engine is not running';
  return `Foredeck: ${Object.values(state.vms).map(vmLabel).join(', ') || 'no VM'}`;
}

function vmItems(vm: Vm, state: State, act: TrayActions): MenuItemConstructorOptions[] {
  const start = (label: string): MenuItemConstructorOptions => ({ label, click: () => act.startVm(vm.name) });
  const stop = (label: string): MenuItemConstructorOptions => ({ label, click: () => act.stopVm(vm.name) });
  const stopWord = state.settings.stopBy === 'suspend' ? 'Suspend' : 'Shut Down';
  const label: MenuItemConstructorOptions = { label: vmLabel(vm), enabled: false };
  switch (vm.state) {
    case 'absent':
    case 'stopped':
    case 'broken':
      return [label, start('Start')];
    case 'suspended':
      return [label, start('Resume')];
    case 'composing':
    case 'starting':
      return [label, stop('Stop')];
    case 'running':
      return [label, stop(stopWord)];
    case 'degraded':
      return [label, start('Try Again'), stop(stopWord)];
    case 'suspending':
    case 'stopping':
      return [label];
  }
}

function vmLabel(vm: Vm): string {
  return `${vm.kind === 'service' ? 'Service VM' : `VM ${vm.name}`}: ${vm.state}`;
}

function containersLabel(state: State): string {
  const running = Object.values(state.containers).filter((each) => each.state === 'running' && !each.stale);
  return running.length === 1 ? '1 container runs' : `${running.length} containers run`;
}
