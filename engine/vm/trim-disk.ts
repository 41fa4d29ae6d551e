import { EngineError } from '../base/engine-error.ts';
import { dataFolder } from './guest-usage.ts';
import type { GuestLink } from './ports.ts';

/** The first time after a boot every free block of the disk is named; an emulated guest needs seconds for that. */
const timeoutMs = 600_000;

/** What was deleted counts as free only once the file system has written that down, hence `sync`. */
const script = 'sync -f "$1" && exec fstrim "$1"';

/** Has the guest name the blocks of its data disk which it does not use; QEMU takes them out of the disk's file. */
export async function trimDisk(
  link: GuestLink,
  { signal, folder = dataFolder }: { signal: AbortSignal; folder?: string | undefined },
): Promise<void> {
  const { code, stderr } = await link.exec(['sh', '-c', script, 'sh', folder], { signal, timeoutMs });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The VM did not give back its disk's free space: ${stderr.trim() || `exit code ${code}`}.`,
    hint: 'Restart the VM; if it stays, its console says what is wrong with the file system.',
  });
}
