/**
 * Runs in the VM as root while the engine is connected, read by `perl -`: says what it sees of binfmt_misc and the
 * files of our entries at the beginning, whenever that has changed and when a byte comes in, in the lines of
 * guest-script.ts, `end` last. Ends with its standard input.
 *
 * It sleeps until inotify(7) tells of a write to `register`, `status` or an entry, through whatever mount, or of a change
 * of an emulator's file. What nobody tells, such as a mount on top, it looks for: every few seconds by one system call, now and
 * then by reading everything, and always so where inotify cannot be had.
 */
export const driftGuardScript = String.raw`
use strict; use warnings;
my ($folder, $ours, $seconds) = @ARGV;
$| = 1;
# Numbers of inotify_init1 and inotify_add_watch: 64-bit x86 has its own table, everything newer shares asm-generic's.
my ($init, $add) = (slurp('/proc/sys/kernel/arch') || '') =~ /^x86_64/ ? (294, 254) : (26, 27);
my $close_on_exec = 02000000;
# IN_MODIFY; for files IN_ATTRIB too, which a file that is deleted while the kernel holds it gets.
my ($modified, $modified_or_deleted) = (0x2, 0x2 | 0x4);
my $looks_for_one_reading = 8;

my $inotify = syscall($init, $close_on_exec);
my $events;
open($events, '<&=', $inotify) or $inotify = -1 if $inotify >= 0;
my ($said, $idle) = ('', 0);
while (1) {
  my $watched = watch($folder, $modified);
  my $seen = view();
  if ($seen ne $said) { print $seen, "end\n"; $said = $seen; }
  $idle = 0;
  while (1) {
    my $ready = '';
    vec($ready, fileno(STDIN), 1) = 1;
    vec($ready, $inotify, 1) = 1 if $inotify >= 0;
    if (!select($ready, undef, undef, $seconds)) {
      last if !$watched || ++$idle >= $looks_for_one_reading || !-e "$folder/register";
      next;
    }
    if (vec($ready, fileno(STDIN), 1)) {
      exit unless sysread(STDIN, my $ignored, 64);
      $said = '';
    }
    if ($inotify >= 0 && vec($ready, $inotify, 1)) {
      # One command of somebody's is often several writes.
      select(undef, undef, undef, 0.1);
      sysread($events, my $ignored, 65536);
    }
    last;
  }
}

# False where the kernel will not tell.
sub watch {
  my ($path, $mask) = @_;
  return $inotify >= 0 && syscall($add, $inotify, $path, $mask) >= 0;
}

sub view {
  my $status = slurp("$folder/status");
  my $text = "mounted\t" . (defined $status ? 'yes' : 'no') . "\nstatus\t" . unpack('H*', $status || '') . "\n";
  opendir(my $listing, $folder) or return $text;
  for my $name (grep { !/^(\.|\.\.|register|status)$/ } readdir($listing)) {
    my $entry = slurp("$folder/$name");
    next unless defined $entry;
    $text .= "entry\t" . unpack('H*', $name) . "\t" . unpack('H*', $entry) . "\n";
    next unless $entry =~ m{^interpreter (\Q$ours\E/[\w./+~-]+)$}m;
    my $path = $1;
    watch($path, $modified_or_deleted);
    $text .= "file\t$path\t" . (-s $path // -1) . "\n";
  }
  return $text;
}

# Without the buffers and questions of open(): a third of the system calls. An entry is smaller than a page.
sub slurp {
  my ($path) = @_;
  sysopen(my $file, $path, 0) or return undef;
  my $bytes = sysread($file, my $text, 4096);
  return defined $bytes ? $text : undef;
}
__END__
`;
