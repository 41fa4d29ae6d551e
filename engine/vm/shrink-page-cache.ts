import { readGuestUsage } from './guest-usage.ts';
import type { GuestLink } from './ports.ts';

/**
 * Left to the guest: the programs that start containers are there, compressed on a disk that an emulated guest reads
 * slowly, while what was last used once is the first to go.
 */
const keptBytes = 128 * 1024 ** 2;

/** Freeing a gigabyte of clean pages takes an emulated guest about a second. */
const timeoutMs = 60_000;

/** One line to a file; the kernel answers EAGAIN when it has found less than that, which is as good. */
const script = 'echo "$1" >/sys/fs/cgroup/memory.reclaim || true';

/**
 * Has the guest forget the copies of files it has used least, down to a rest that is worth keeping (the kernel's
 * admin-guide/cgroup-v2, memory.reclaim). Resolves when it has; the host gets the pages within seconds. Throws as the
 * link does.
 */
export async function shrinkPageCache(link: GuestLink, signal: AbortSignal): Promise<void> {
  const { memory } = await readGuestUsage(link);
  const bytes = memory.unmappedBytes - keptBytes;
  if (bytes > 0) await link.exec(['sh', '-c', script, 'sh', String(bytes)], { signal, timeoutMs });
}
