import { EngineError } from '../base/engine-error.ts';
import { dataFolder } from './guest-usage.ts';
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
 * By the guest's own clock, which stands while the guest does. Closing the connections and stopping it take a tenth of
 * that; the rest of it passes after a resume while the host's connection comes back.
 */
const frozenSeconds = 1;

/**
 * Freezing writes everything out and holds back whoever writes, so that the disk is what the guest's programs think it is
 * when the guest stops. The guest ends that by itself, whatever becomes of the host's side: what stands in `$( )` is
 * waited for until it is frozen and has closed its output.
 */
const freeze = `
sync
{ perl -e "$1" || true; }
problem=$(setsid sh -c '
  fsfreeze --freeze "$1" || exit
  exec >&- 2>&-
  sleep "$2"
  fsfreeze --unfreeze "$1"
' sh "$2" "$3" 2>&1 &)
[ -z "$problem" ] || { echo "$problem" >&2; exit 1; }
`;

/**
 * Has the guest give up copies of files, which would only make its memory larger, write out what it owes its disk, and
 * keep the disk as it is for a second: it is complete by itself then, should the memory be thrown away. Throws
 * `guest_command_failed`.
 */
export async function prepareGuest(link: GuestLink, signal: AbortSignal): Promise<void> {
  const argv = ['sh', '-c', freeze, 'sh', dropCopies, dataFolder, String(frozenSeconds)];
  const { code, stderr } = await link.exec(argv, { signal, timeoutMs });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `its guest cannot write to its disk (${stderr.trim() || `exit code ${code}`})`,
  });
}
