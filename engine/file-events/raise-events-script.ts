/**
 * Runs in the VM as root while a share is watched, read by `perl -`; ends with its standard input. It makes inotify(7)
 * tell of what has changed on the host, without changing anything there (docs/decisions/0016).
 *
 * What comes in are records that end with a zero byte, a letter and a path: `s` the share which the paths after it lie
 * in, `f` a file that changed or a name that came or went, `d` a folder in which names came or went. An empty record
 * ends a batch. The answer is one line: how many files were told of as modified, how many by their attributes, how many
 * folders, how many names are gone, and how many the kernel refused.
 */
export const raiseEventsScript = String.raw`
use strict; use warnings; use POSIX ();
$0 = 'foredeck-file-events';
$| = 1;
# Numbers of system calls: 64-bit x86 has its own table, everything newer shares asm-generic's. Flags of open: arm's differ.
my $arch = slurp('/proc/sys/kernel/arch') || '';
my ($linkat, $statx, $fchownat, $removexattr) = $arch =~ /^x86_64/ ? (265, 332, 260, 197) : (37, 291, 54, 14);
my ($openat2, $io_uring_setup, $io_uring_enter) = (437, 425, 426);
my ($o_directory, $o_nofollow) = $arch =~ /^(?:aarch64|arm)/ ? (040000, 0100000) : (0200000, 0400000);
my ($o_wronly, $o_nonblock, $o_cloexec, $o_path) = (01, 04000, 02000000, 010000000);
my ($at_fdcwd, $at_empty_path, $at_statx_force_sync) = (-100, 0x1000, 0x2000);
my ($eexist, $enoent) = (17, 2);
# The kernel writes to strings it is given, as far as perl knows: none of them may be a literal.
my ($empty, $elsewhere, $default_acl) = ('', '/proc', 'system.posix_acl_default');
# RESOLVE_BENEATH, _NO_SYMLINKS and _NO_MAGICLINKS: whoever writes to the share, a container too, may put a link in the way.
my $beneath = pack('Q', 0x08 | 0x04 | 0x02);
my $no_links = pack('Q', 0x04 | 0x02);

my $share = -1;
my $ring = ring();
my @counts = (0) x 5;
$/ = "\0";
while (defined(my $record = <STDIN>)) {
  chomp($record);
  take($record);
}

sub take {
  my ($record) = @_;
  if ($record eq '') {
    # Held open, it could not be unmounted.
    leave($share);
    $share = -1;
    print join(' ', @counts), "\n";
    @counts = (0) x 5;
    return;
  }
  my $path = substr($record, 1);
  if ($record =~ /^s/) {
    leave($share);
    $share = enter($at_fdcwd, $path, $o_path | $o_directory, $no_links);
    return;
  }
  my $raised = $share < 0 ? 'gone' : $record =~ /^d/ ? folder_event($path) : file_event($path);
  my %column = (modified => 0, attributes => 1, folder => 2, gone => 3, refused => 4);
  $counts[$column{$raised}] += 1;
}

# IN_ATTRIB of a folder: given to whom it belongs already. Only root may give it to somebody else meanwhile.
sub folder_event {
  my ($path) = @_;
  my $folder = enter($share, $path eq '' ? '.' : $path, $o_path | $o_directory, $beneath);
  return $! == $enoent ? 'gone' : 'refused' if $folder < 0;
  my ($mode, $uid) = look($folder);
  my $done = defined $uid ? syscall($fchownat, $folder, $empty, $uid, -1, $at_empty_path) : -1;
  leave($folder);
  return $done == 0 ? 'folder' : 'refused';
}

sub file_event {
  my ($path) = @_;
  my ($folder, $name) = $path =~ m{^(?:(.*)/)?([^/]+)$}s or return 'refused';
  my $parent = enter($share, defined $folder ? $folder : '.', $o_path | $o_directory, $beneath);
  return $! == $enoent ? 'gone' : 'refused' if $parent < 0;
  # A hard link to there from another file system is always refused, after the kernel has asked the host whether the
  # name is taken: what it remembered of that name, for up to a second, is right again.
  syscall($linkat, $at_fdcwd, $elsewhere, $parent, $name, 0);
  my $there = $! == $eexist;
  my $file = $there ? enter($parent, $name, $o_path | $o_nofollow, $beneath) : -1;
  leave($parent);
  return 'gone' if $file < 0;
  my $raised = raise($file);
  leave($file);
  # The kernel has ACLs in the first mount of a device alone: in others the folder is all that can be told.
  return $raised eq 'unsupported' ? folder_event(defined $folder ? $folder : '') : $raised;
}

# IN_MODIFY of a file, without a byte written; IN_ATTRIB of one that is a program, which nobody could execute on the
# host while it were open for writing, or where writing is refused. Nothing of anything else: nobody reads its content.
sub raise {
  my ($file) = @_;
  my ($mode) = look($file);
  return 'gone' unless defined $mode;
  return 'folder' if ($mode & 0170000) == 0040000;
  return 'refused' if ($mode & 0170000) != 0100000;
  my $link = "/proc/self/fd/$file";
  if ($ring >= 0 && !($mode & 0111) && sysopen(my $opened, $link, $o_wronly | $o_nonblock | $o_cloexec)) {
    return 'modified' if write_nothing(fileno($opened)) == 0;
  }
  # Of what only folders have, so that the kernel takes it away from a file without asking anybody.
  return syscall($removexattr, $link, $default_acl) == 0 ? 'attributes' : 'unsupported';
}

# Mode and owner as the host has them now; what the kernel remembered of them, content included, is right again.
sub look {
  my ($fd) = @_;
  my $stat = "\0" x 256;
  return if syscall($statx, $fd, $empty, $at_empty_path | $at_statx_force_sync, 0x7ff, $stat) != 0;
  my ($uid, undef, $mode) = unpack('x20 L L S', $stat);
  return ($mode, $uid);
}

sub enter {
  my ($at, $path, $flags, $resolve) = @_;
  my $how = pack('QQ', $flags | $o_cloexec, 0) . $resolve;
  return syscall($openat2, $at, $path, $how, length($how));
}

sub leave {
  my ($fd) = @_;
  POSIX::close($fd) if $fd >= 0;
}

# An io_uring(7) of one entry in memory of our own, since perl cannot map any: IORING_SETUP_NO_MMAP and _NO_SQARRAY. Its
# rings are the first of two aligned parts, its submissions the second; 64 KiB are a page or several everywhere.
my ($memory, $rings, $submissions, $submission_tail, $completion_head, $completion_mask, $completions);
sub ring {
  my $aligned = 65536;
  $memory = "\0" x (3 * $aligned);
  # Its own bytes from now on, shared with no other string.
  substr($memory, 0, 1, "\1");
  my $address = unpack('J', pack('p', $memory));
  $rings = -$address % $aligned;
  $submissions = $rings + $aligned;
  substr($memory, $rings, 1, "\0");
  my $offsets = pack('L8', (0) x 8);
  my $setup = pack('L10', 1, 2, 1 << 14 | 1 << 16, (0) x 7)
    . $offsets . pack('Q', $address + $submissions) . $offsets . pack('Q', $address + $rings);
  my $made = syscall($io_uring_setup, 1, $setup);
  $submission_tail = unpack('x44 L', $setup);
  ($completion_head, undef, $completion_mask, undef, undef, $completions) = unpack('x80 L6', $setup);
  return $made;
}

# A write of no bytes. write(2) returns before it tells anybody; io_uring tells of it (io_req_io_end, io_uring/rw.c),
# and FUSE asks the host for nothing. Its result, a negative error number at failure.
sub write_nothing {
  my ($fd) = @_;
  my $operation_write = 23;
  substr($memory, $submissions, 64, pack('CCSlQQLLQSSlQQ', $operation_write, 0, 0, $fd, (0) x 10));
  poke($submission_tail, peek($submission_tail) + 1);
  my $wait_for_completion = 1;
  return -1 if syscall($io_uring_enter, $ring, 1, 1, $wait_for_completion, 0, 0) != 1;
  my $head = peek($completion_head);
  my $at = $completions + 16 * ($head & peek($completion_mask));
  my $result = unpack('l', substr($memory, $rings + $at + 8, 4));
  poke($completion_head, $head + 1);
  return $result;
}

sub peek { return unpack('L', substr($memory, $rings + $_[0], 4)); }
sub poke { substr($memory, $rings + $_[0], 4, pack('L', $_[1] & 0xffffffff)); }

sub slurp {
  my ($path) = @_;
  sysopen(my $file, $path, 0) or return undef;
  my $bytes = sysread($file, my $text, 4096);
  return $bytes ? $text : undef;
}
__END__
`;
