import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from './ports.ts';

/** Writing out what an emulated guest on a slow host has dirtied takes the most of it. */
const timeoutMs = 60_000;

/**
 * Has the guest write out what it owes its disk and then drop its copies of files and names, which it reads again when
 * it needs them; programs that run keep theirs (the kernel's sysctl/vm, drop_caches). Resolves when the guest has done
 * it; the pages reach the host within the seconds after that, in the balloon device's own time.
 */
export async function dropPageCache(link: GuestLink, signal: AbortSignal): Promise<void> {
  const argv = ['sh', '-c', 'sync; echo 3 >/proc/sys/vm/drop_caches'];
  const { code, stderr } = await link.exec(argv, { signal, timeoutMs });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The VM did not drop its copies of files: ${stderr.trim() || `exit code ${code}`}.`,
  });
}
