import type { VmState } from '../contract/records.ts';
import type { State } from '../contract/state.ts';

const restingStates: readonly VmState[] = ['absent', 'stopped', 'suspended', 'broken'];

/** VMs with a process behind them, or about to have one: `service (running)`. None while the state is not known. */
export function runningVms(state: State | null): string[] {
  return Object.values(state?.vms ?? {})
    .filter((vm) => !restingStates.includes(vm.state))
    .map((vm) => `${vm.name} (${vm.state})`);
}
