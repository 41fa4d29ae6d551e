import type { Vm } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { GuestLink, Machine } from './ports.ts';

const gib = 1024 ** 3;

/** A file system grows by the size of its tables alone, which an emulated guest writes in a few seconds. */
const timeoutMs = 120_000;

/** States in which no QEMU has the disk; the next start makes it as large as the VM's record says. */
const resting: readonly Vm['state'][] = ['absent', 'stopped', 'broken'];

export interface GrowDiskOptions {
  readonly vm: Vm;
  readonly diskGiB: number;
  /** Set while the VM is connected. */
  readonly running: { machine: Pick<Machine, 'growDataDisk'>; link: Pick<GuestLink, 'exec'> } | undefined;
  /** Writes the new size down for the next start. */
  readonly remember: () => Promise<void>;
}

/**
 * Makes a VM's data disk larger, with the file system on it: at once where the VM runs, at its next start otherwise.
 * Throws `bad_input` for a disk that would not be larger, `wrong_state` while the VM is suspended or on its way, and
 * `qemu_failed` with nothing changed. A guest that cannot follow is `guest_command_failed`; its next start tries again.
 */
export async function growDisk(options: GrowDiskOptions): Promise<void> {
  const { vm, diskGiB, running, remember } = options;
  const sizeBytes = diskGiB * gib;
  if (sizeBytes <= vm.diskBytes) throw notLarger(vm, diskGiB);
  if (running && (vm.state === 'running' || vm.state === 'degraded')) {
    await running.machine.growDataDisk(sizeBytes);
    await remember();
    await growFileSystem(vm, running.link, sizeBytes);
  } else if (resting.includes(vm.state)) {
    await remember();
  } else {
    throw notNow(vm);
  }
}

async function growFileSystem(vm: Vm, link: Pick<GuestLink, 'exec'>, sizeBytes: number): Promise<void> {
  const argv = ['/usr/lib/foredeck/grow-data', String(sizeBytes)];
  const { code, stderr } = await link.exec(argv, { timeoutMs });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The disk of VM "${vm.name}" has ${sizeBytes / gib} GiB now, but the file system on it did not follow: ${stderr.trim() || `exit code ${code}`}.`,
    hint: 'Everything on it is as it was. Restart the VM: it tries again when it starts.',
  });
}

function notLarger(vm: Vm, diskGiB: number): EngineError {
  return new EngineError({
    code: 'bad_input',
    message: `The disk of VM "${vm.name}" has ${vm.diskBytes / gib} GiB; ${diskGiB} GiB would not make it larger.`,
    hint: 'Disks do not get smaller. What the guest does not use of one takes no space on this computer.',
  });
}

function notNow(vm: Vm): EngineError {
  const suspended = vm.state === 'suspended';
  return new EngineError({
    code: 'wrong_state',
    message: suspended
      ? `The disk of VM "${vm.name}" cannot grow while it is suspended: its saved memory fits the disk as it is.`
      : `The disk of VM "${vm.name}" cannot grow while it is ${vm.state}.`,
    hint: suspended ? `Start it first: foredeck start --vm ${vm.name}` : 'Try again in a moment.',
  });
}
