import { createInterface } from 'node:readline';
import type { Log } from '../../base/log.ts';
import { sleep } from '../../base/time.ts';
import type { GuestLink } from '../../vm/ports.ts';

/** A build writes several files and names the image after the last of them. */
const defaultQuietMs = 2_000;

/** Whatever ended the watch may end the next one too. */
const restartPauseMs = 15_000;

/**
 * Runs in the VM as root, read by `perl -`: a line whenever files have come into the folder and none has followed for a
 * while. It sleeps until inotify(7) tells; a folder that is not there yet is looked for. Ends with its standard input.
 */
const script = String.raw`
use strict; use warnings;
my ($folder, $quiet) = @ARGV;
$| = 1;
open(my $kernel, '<', '/proc/sys/kernel/arch') or die "no kernel.arch: $!";
# Numbers of inotify_init1 and inotify_add_watch: 64-bit x86 has its own table, everything newer shares asm-generic's.
my ($init, $add) = <$kernel> =~ /^x86_64/ ? (294, 254) : (26, 27);
my ($close_on_exec, $created_or_moved_in) = (02000000, 0x100 | 0x80);
my $inotify = syscall($init, $close_on_exec);
open(my $events, '<&=', $inotify) or die "no inotify: $!";
until (syscall($add, $inotify, $folder, $created_or_moved_in) >= 0) { wait_for(15); }
print "watching\n";
while (1) {
  next unless wait_for(undef);
  1 while wait_for($quiet);
  print "changed\n";
}

# True when the kernel had something to tell within so many seconds.
sub wait_for {
  my ($seconds) = @_;
  my $ready = '';
  vec($ready, fileno(STDIN), 1) = 1;
  vec($ready, $inotify, 1) = 1;
  select($ready, undef, undef, $seconds) > 0 or return 0;
  if (vec($ready, fileno(STDIN), 1)) { exit unless sysread(STDIN, my $ignored, 64); }
  return vec($ready, $inotify, 1) && sysread($events, my $ignored, 65536);
}
__END__
`;

export interface ContentWatch {
  readonly link: GuestLink;
  readonly folder: string;
  /** Called when the watch begins, and after files have come into the folder. */
  readonly onChange: () => void;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly quietMs?: number;
}

/** Watches a folder of the guest until `signal` aborts, at no cost while nothing comes into it. Never rejects. */
export async function watchContent(options: ContentWatch): Promise<void> {
  const { log, signal } = options;
  while (!signal.aborted) {
    try {
      await watchOnce(options);
    } catch (thrown) {
      if (!signal.aborted) log.debug({ err: thrown }, 'the content store is not watched');
    }
    await sleep(restartPauseMs, signal).catch(() => undefined);
  }
}

async function watchOnce({ link, folder, onChange, signal, quietMs }: ContentWatch): Promise<void> {
  const seconds = String((quietMs ?? defaultQuietMs) / 1_000);
  const watch = await link.spawn(['perl', '-', folder, seconds], { signal });
  try {
    watch.stdin.on('error', () => undefined);
    watch.stderr.resume();
    watch.stdin.write(script);
    for await (const _line of createInterface({ input: watch.stdout })) onChange();
  } finally {
    watch.kill();
    await watch.exited;
  }
}
