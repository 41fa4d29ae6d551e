import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from './ports.ts';

/** A guest that owes its disk much writes it out first. */
const timeoutMs = 60_000;

/** Less is kept: the guest finds its programs in it right after it was resumed. */
const keptCacheMiB = 128;

/**
 * Copies of files that no program has mapped. Dropping them frees their memory but leaves it as it is, and the balloon
 * device takes some thirty seconds to tell the host all of it. Memory that was freed last is handed out first, so asking
 * for as much makes the kernel clear it, and pages of zeros are not saved.
 */
const dropCopies = `
  open my $info, '<', '/proc/meminfo';
  my %kb = map { /^(\\w+):\\s+(\\d+)/ } <$info>;
  my $copies = $kb{Cached} - $kb{Mapped} - $kb{Shmem};
  exit if $copies < ${keptCacheMiB} * 1024;
  open my $drop, '>', '/proc/sys/vm/drop_caches';
  print $drop 1;
  close $drop;
  open my $oom, '>', '/proc/self/oom_score_adj';
  print $oom 1000;
  close $oom;
  my $cleared = length("\\0" x ($copies * 1024));
`;

/**
 * Has the guest write out what it owes its disk, so that the disk is complete by itself should the memory be thrown away,
 * and give up copies of files which would only make that memory larger. Throws `guest_command_failed`.
 */
export async function prepareGuest(link: GuestLink, signal: AbortSignal): Promise<void> {
  const argv = ['sh', '-c', 'sync && { perl -e "$1" || true; }', 'sh', dropCopies];
  const { code, stderr } = await link.exec(argv, { signal, timeoutMs });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `its guest cannot write to its disk (${stderr.trim() || `exit code ${code}`})`,
  });
}
