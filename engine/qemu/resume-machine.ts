import type { FolderServers } from '../vm/folder-server.ts';
import type { Machine, MachineMatch, MachineResume } from '../vm/ports.ts';
import { savedStateUnusable } from '../vm/vm-errors.ts';
import { machineShape } from './command-line.ts';
import type { Qemu } from './find-qemu.ts';
import { folderSocketInShape, hasFolderDevice } from './folder-device.ts';
import { hostProcessor } from './host-processor.ts';
import { commandLineInput, connectTo, endAndForget, lastWords, launchQemu } from './launch-qemu.ts';

/** Loads a saved memory, which is only read; see `Hypervisor.resume`. */
export async function resumeMachine(
  options: MachineResume,
  { qemu, folders }: { qemu: Qemu; folders: FolderServers | null },
): Promise<Machine> {
  const { identity, paths, signal, vm } = options;
  const launch = {
    ...options,
    qemu,
    folders: hasFolderDevice(identity.shape) ? folders : null,
    size: identity.size,
    accelerator: identity.accelerator,
  };
  const { process, run } = await launchQemu(launch);
  try {
    const machine = await connectTo(process, run, launch);
    if ('failure' in machine) throw savedStateUnusable(vm.name, `QEMU does not start (${machine.failure})`);
    try {
      await machine.load(paths.savedMemory, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const why = await lastWords(process, paths, thrown);
      throw savedStateUnusable(vm.name, `QEMU does not load its memory (${why})`, thrown);
    }
    return machine;
  } catch (thrown) {
    await endAndForget(process, paths);
    throw thrown;
  }
}

/** What has changed since `identity` was saved; see `Hypervisor.misfit`. */
export async function misfit(options: MachineMatch, qemu: Qemu): Promise<string | null> {
  const { identity, wanted } = options;
  if (identity.qemuVersion !== qemu.version) {
    return `QEMU ${identity.qemuVersion}, and the one here is ${qemu.version}`;
  }
  const accelerator = wanted.accelerator === 'auto' ? identity.accelerator : wanted.accelerator;
  if (accelerator !== identity.accelerator) {
    return `the accelerator ${identity.accelerator}, and the settings say ${accelerator}`;
  }
  const processor = await hostProcessor(accelerator);
  if (processor !== identity.processor) {
    return `the processor ${identity.processor}, and the one here is ${processor}`;
  }
  const { cpuModel } = wanted;
  const folders = hasFolderDevice(identity.shape) ? folderSocketInShape : null;
  const shape = machineShape(
    commandLineInput({ ...options, size: identity.size, accelerator, cpuModel }, folders),
  );
  return shapeDifference(identity.shape, shape);
}

/** The first of QEMU's options in which two shapes differ. */
function shapeDifference(saved: readonly string[], now: readonly string[]): string | null {
  const at = Array.from({ length: Math.max(saved.length, now.length) }).findIndex(
    (_, index) => saved[index] !== now[index],
  );
  if (at === -1) return null;
  if (saved[at - 1] === '-cpu') return `the CPU model ${saved[at]}, and the settings say ${now[at]}`;
  const atName = [saved[at], now[at]].some((word) => word?.startsWith('-'));
  const from = atName ? at : at - 1;
  const option = (shape: readonly string[]): string => `"${shape.slice(from, from + 2).join(' ')}"`;
  return `other devices (${option(saved)}) than this version of Foredeck gives its VMs (${option(now)})`;
}
