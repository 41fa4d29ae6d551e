import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from './ports.ts';

/** What a guest says of its memory and of the file system on its data disk, in bytes. */
export interface GuestUsage {
  readonly memory: {
    readonly totalBytes: number;
    readonly usedBytes: number;
    readonly cacheBytes: number;
    /** Of the cache, what no program has mapped: files that were read or written, programs that ran. */
    readonly unmappedBytes: number;
  };
  readonly disk: { readonly totalBytes: number; readonly usedBytes: number };
}

/** Where the guest mounts its data disk. */
export const dataFolder = '/data';

/** Two short programs; the folder is an argument. `stat -f`: block size, blocks, free blocks (statfs(2)). */
const script = `cat /proc/meminfo && exec stat -f -c 'Blocks: %S %b %f' "$1"`;

/** Asks the guest once. Throws `guest_command_failed`, or as the link does. */
export async function readGuestUsage(link: GuestLink, folder = dataFolder): Promise<GuestUsage> {
  const { code, stdout, stderr } = await link.exec(['sh', '-c', script, 'sh', folder]);
  const blocks = /^Blocks: (\d+) (\d+) (\d+)$/m.exec(stdout);
  if (code !== 0 || !blocks) {
    throw new EngineError({
      code: 'guest_command_failed',
      message: `The VM does not say what it uses: ${stderr.trim() || `exit code ${code}`}.`,
      hint: 'Try again, or restart the VM.',
    });
  }
  // proc_meminfo(5). Cached and Mapped hold shared memory, too, which nobody can drop.
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(stdout)?.[1] ?? 0) * 1024;
  const cacheBytes = Math.max(0, field('Buffers') + field('Cached') - field('Shmem'));
  const [blockBytes = 0, total = 0, free = 0] = blocks.slice(1).map(Number);
  return {
    memory: {
      totalBytes: field('MemTotal'),
      usedBytes: field('MemTotal') - field('MemAvailable'),
      cacheBytes,
      unmappedBytes: Math.max(0, cacheBytes - field('Mapped')),
    },
    disk: { totalBytes: total * blockBytes, usedBytes: (total - free) * blockBytes },
  };
}
