import { statfs } from 'node:fs/promises';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { orAborted } from '../base/time.ts';
import { processUsage } from './host-usage.ts';
import type { ComposedImage, GuestLink, Machine } from './ports.ts';
import { prepareGuest } from './prepare-guest.ts';
import { fileStamp, type SavedMemory } from './saved-memory.ts';
import { endMachine } from './stop-machine.ts';
import { suspendFailed } from './vm-errors.ts';

/** Left free beside the saved memory: the host's own programs write meanwhile. */
const marginBytes = 256 * 1024 ** 2;

/** A busy host with a slow disk takes 40 MB a second; a guest's memory is written once. */
const timeoutMsPerMiB = 25;
const leastTimeoutMs = 30_000;

/** How long a guest with so much memory may take where nobody is in a hurry. */
export function suspendTimeoutMs(memoryBytes: number): number {
  return Math.max(leastTimeoutMs, (memoryBytes / 1024 ** 2) * timeoutMsPerMiB);
}

export interface SuspendOptions {
  readonly vm: string;
  readonly machine: Machine;
  readonly link: GuestLink;
  readonly memory: SavedMemory;
  /** The image it was started with; null when its files are gone. */
  readonly image: ComposedImage | null;
  /** Ends every connection into the guest, whose programs would wait for somebody who is gone. */
  readonly disconnect: () => Promise<void>;
  readonly log: Log;
  /** Aborts as long as the memory is not published. */
  readonly signal: AbortSignal;
}

/**
 * Writes a running VM's memory to a file and ends its QEMU, in an order in which a crash at any point leaves either a
 * state that can be resumed or a disk that boots (docs/decisions/0008-suspend.md). Throws `suspend_failed`, and the
 * guest goes on then. Lines of engine.log tell each step when it is done.
 */
export async function suspendMachine(options: SuspendOptions): Promise<void> {
  const { vm, machine, memory, log, signal } = options;
  const done = (step: string): void => log.info({ vm }, `suspend: ${step}`);
  try {
    const image = await startImage(options);
    await refusePluggedDisks(machine);
    await refuseWithoutRoom(machine, memory);
    await memory.prepare();
    await prepareGuest(options.link, signal);
    done('guest synced');
    await options.disconnect();
    await machine.save({ path: memory.path, onStopped: () => done('stopped'), signal });
    done('saved');
    await orAborted(memory.sync(), signal);
    done('on disk');
    const { bootedAt, imageId, trials, qemuVersion, accelerator, processor, size, shape } = machine;
    await memory.publish({
      bootedAt,
      imageId,
      root: { sha256: image.rootSha256, ...(await fileStamp(image.rootPath)) },
      identity: { qemuVersion, accelerator, processor, size, shape: [...shape] },
      trials: [...trials],
    });
    done('published');
  } catch (thrown) {
    await letGoOn(machine, memory);
    throw suspendFailed(vm, thrown, signal.aborted);
  }
  await endMachine(machine, log);
}

/** What was written is gone before the guest goes on: from then on its disk is another one. */
async function letGoOn(machine: Machine, memory: SavedMemory): Promise<void> {
  try {
    await memory.discard();
  } catch (thrown) {
    // With a file that may be taken for its memory it must not run on.
    await machine.terminate();
    throw thrown;
  }
  try {
    await machine.resume();
  } catch {
    // It has ended by itself, or is of no use any more; its exit is told to whoever owns it.
    await machine.terminate();
    await machine.exited;
  }
}

async function startImage({ image, machine }: SuspendOptions): Promise<ComposedImage> {
  if (image) return image;
  throw new Error(`its guest image "${machine.imageId}" is gone, without which it cannot be resumed`);
}

/** Without the same disks in the same slots the memory cannot be loaded. */
async function refusePluggedDisks(machine: Machine): Promise<void> {
  const plugged = await machine.disks.plugged();
  if (plugged.length > 0) throw new Error(`disks are plugged in (${plugged.join(', ')}); unplug them first`);
}

async function refuseWithoutRoom(machine: Machine, memory: SavedMemory): Promise<void> {
  // What QEMU holds of the host's memory is the most that its guest can have filled.
  const { residentBytes } = await processUsage(machine.pid);
  const { bavail, bsize } = await statfs(memory.volume);
  if (bavail * bsize >= residentBytes + marginBytes) return;
  throw new EngineError({
    code: 'disk_full',
    message: `its memory of up to ${mib(residentBytes)} MiB does not fit the disk, which has ${mib(bavail * bsize)} MiB free`,
  });
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2);
}
