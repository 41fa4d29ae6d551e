import type { BootStageId, VmState } from '../../contract/records.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import { serviceVmName } from '../paths.ts';
import { bootStages } from './boot-stages.ts';
import type { MachineExit, MachinePause } from './ports.ts';

/** The connection into a guest is gone though its QEMU runs. */
export function sessionLost(vm: string): EngineError {
  return new EngineError({
    code: 'ssh_failed',
    message: `The connection to VM "${vm}" is lost.`,
    hint: 'It is tried again by itself. If it stays lost, restart the VM.',
  });
}

/** The guest itself says that it cannot go on. */
export function guestCannotBoot(
  vm: string,
  stage: BootStageId,
  text: string,
  console: readonly string[],
): EngineError {
  return new EngineError({
    code: 'boot_failed',
    message: `VM "${vm}" did not come up: ${text}.`,
    hint: bootStages[stage].hint,
    details: { stage, console: console.join('\n') },
  });
}

/**
 * An emulated guest died while it booted. QEMU's emulation of several processors lets a kernel panic now and then
 * where the next boot of the same guest comes up: QEMU 7.2 in 5 boots of 17; 10.0.2 was suspected of it once in some
 * two hundred.
 */
export class GuestCrashed extends EngineError {}

/** QEMU ended though nobody asked it to. */
export function machineDied(vm: string, exit: MachineExit, console: readonly string[]): EngineError {
  const why =
    exit.cause === 'guest-reset'
      ? 'its guest rebooted or its kernel panicked'
      : `its QEMU ended${exit.signal ? ` by ${exit.signal}` : exit.code === null ? '' : ` with code ${exit.code}`}`;
  return new EngineError({
    code: 'qemu_failed',
    message: `VM "${vm}" stopped running: ${why}.`,
    hint: 'Start the VM again; its data is kept.',
    details: { console: console.join('\n'), qemu: exit.stderrTail },
  });
}

/** QEMU stopped the guest's processors. */
export function guestPaused(vm: string, pause: MachinePause): EngineError {
  if (pause.reason === 'disk_full') {
    return new EngineError({
      code: 'disk_full',
      message: `VM "${vm}" stands still: the disk that holds FOREDECK_HOME is full (${pause.detail}).`,
      hint: 'Free some space, then start the VM: it goes on where it stopped.',
    });
  }
  return new EngineError({
    code: 'qemu_failed',
    message: `VM "${vm}" stands still: ${pause.detail}.`,
    hint:
      pause.reason === 'disk_error'
        ? 'Check the disk that holds FOREDECK_HOME, then start the VM: it goes on where it stopped.'
        : 'Start the VM to let it go on; if it stays, restart it.',
  });
}

/** A VM that could not be suspended goes on running. */
export function suspendFailed(vm: string, thrown: unknown, late = false): EngineError {
  const why = late ? 'it took too long' : toEngineError(thrown).message.replace(/\.$/, '');
  return new EngineError({
    code: 'suspend_failed',
    message: `Cannot suspend VM "${vm}": ${why}. It runs on.`,
    hint: `Shut it down instead: \`foredeck stop --shut-down${vmOption(vm)}\`.`,
    cause: thrown,
  });
}

/** `problem` ends a sentence which begins "it ..." or "its ...". */
export function savedStateUnusable(vm: string, problem: string, cause?: unknown): EngineError {
  return new EngineError({
    code: 'saved_state_unusable',
    message: `Cannot resume VM "${vm}": ${problem}.`,
    hint:
      `Put that back as it was, or start without its saved memory: \`foredeck start --discard-state${vmOption(vm)}\`. ` +
      'Its programs end then as at a power cut; its disk stays.',
    cause,
  });
}

export function startCancelled(vm: string): EngineError {
  return new EngineError({ code: 'cancelled', message: `The start of VM "${vm}" was cancelled.` });
}

export function notConnected(vm: string, state: VmState): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is ${state}; there is no connection to it.`,
    hint: `Start it: \`foredeck start --vm ${vm}\`.`,
  });
}

export function withoutSlots(vm: string, state: VmState): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is ${state}; a disk can be plugged into a running VM only.`,
    hint: `Start it: \`foredeck start --vm ${vm}\`.`,
  });
}

export function notSuspended(vm: string, state: VmState): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is ${state}; it has no saved memory to discard.`,
  });
}

/** Restarting shuts down first, which a guest that does not run cannot. */
export function suspendedAlready(vm: string): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `VM "${vm}" is suspended and cannot be restarted.`,
    hint: `Start it to go on where it was, or boot it anew: \`foredeck start --discard-state${vmOption(vm)}\`.`,
  });
}

function vmOption(vm: string): string {
  return vm === serviceVmName ? '' : ` --vm ${vm}`;
}
