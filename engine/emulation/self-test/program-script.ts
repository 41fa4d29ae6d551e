/**
 * The part of the guest's script that runs test programs, each in a chroot that holds nothing else. `$ours`,
 * `$machine`, `slurp` and `answer` come from guest-script.ts; answers are described in program-run.ts.
 */
export const programScript = String.raw`
# As in the kernel's own tables: 64-bit x86 has its numbers, everything newer shares asm-generic's.
my ($execve, $clock_gettime, $exit_group, $prlimit64) = $machine eq 'x86_64' ? (59, 228, 231, 302) : (221, 113, 94, 261);
my $program_seconds = 20;
# Long enough that what 'look' writes of its stack ends inside of it.
my $padding = 'FOREDECK=' . ('x' x 1600) . "\0";
# The first user that is not root, when there is such a user: a namespace may map root alone.
my $user = 1000;

sub microseconds {
  my $time = pack('q2', 0, 0);
  syscall($clock_gettime, 1, $time);
  my ($seconds, $nanoseconds) = unpack('q2', $time);
  return $seconds * 1_000_000 + int($nanoseconds / 1_000);
}

sub has_user {
  for my $line (split /\n/, slurp('/proc/self/uid_map') || '') {
    my ($first, undef, $count) = split ' ', $line;
    return 1 if $user >= $first && $user < $first + $count;
  }
  return 0;
}

# Not below /tmp: setuid programs count for nothing there.
my $root = $ours =~ m{^(.*)/[^/]+$} ? "$1/self-test.$$" : "/self-test.$$";
sub make_root {
  my $path = '';
  for my $name (grep { $_ ne '' } split '/', $root) { $path .= "/$name"; mkdir($path, 0755); }
  return chmod(0755, $root);
}

# Runs a program as a user and by a name; returns its status as a shell has it, microseconds, and what it wrote.
sub program {
  my ($name, $content, $mode, $uid) = @_;
  make_root() or return (-1, 0, '');
  my $file = "$root/stub";
  unlink($file);
  open(my $handle, '>', $file) or return (-1, 0, '');
  my $written = print({$handle} $content) && close($handle) && chmod($mode, $file);
  my ($status, $output) = (-1, '');
  my $started = microseconds();
  if ($written && pipe(my $reader, my $writer)) {
    my $pid = fork();
    if (defined $pid && $pid == 0) {
      open(STDIN, '<', '/dev/null'); open(STDERR, '>', '/dev/null'); open(STDOUT, '>&', $writer);
      # No core file: nobody reads it.
      my $none_at_all = pack('Q2', 0, 0);
      syscall($prlimit64, 0, 4, $none_at_all, 0);
      # The system call itself: execvp would try /bin/sh when the kernel says "exec format error".
      my ($path, $argv0) = ("/stub\0", "foredeck-$name\0");
      my $argv = pack('p J', $argv0, 0);
      my $environment = pack('p J', $padding, 0);
      if (chroot($root) && chdir('/')) {
        if ($uid) { $) = "$uid $uid"; $( = $uid; ($<, $>) = ($uid, $uid); }
        syscall($execve, $path, $argv, $environment) if $> == $uid && $< == $uid;
      }
      syscall($exit_group, $! == 2 ? 127 : 126);
    }
    close($writer);
    if (defined $pid) {
      my $late = 0;
      local $SIG{ALRM} = sub { $late = 1; kill('KILL', $pid) };
      alarm($program_seconds);
      while (1) {
        my $read = sysread($reader, $output, 65_536, length($output));
        last if defined $read ? $read == 0 : $! != 4;
      }
      my $ended;
      do { $ended = waitpid($pid, 0) } while ($ended == -1 && $! == 4);
      $status = $late ? 124 : $? & 127 ? 128 + ($? & 127) : $? >> 8;
      alarm(0);
    }
  }
  return ($status, microseconds() - $started, $output);
}

sub ran {
  my ($arch, $name, $status, $microseconds, $output) = @_;
  answer('ran', $arch, $name, $status, $microseconds, unpack('H*', $output));
  return $status;
}

sub clear_root {
  unlink("$root/stub");
  rmdir($root);
}

sub stub {
  my ($arch, $exit) = @_;
  my $status = ran($arch, 'run', program('run', pack('H*', $exit), 0755, 0));
  clear_root();
  return $status;
}

# The ladder: what tells of several steps is run once, and apart only when it fails.
sub prove {
  my ($arch, $exit, $look, $crash, $calls, $cpuid) = @_;
  return if stub($arch, $exit) != 42;
  $look = pack('H*', $look);
  my $uid = has_user() ? $user : 0;
  # Setuid, and nobody but root may read it.
  if (!$uid || ran($arch, 'look', program('look', $look, 04711, $uid)) != 0) {
    ran($arch, 'look-unreadable', program('look', $look, 0711, $uid)) if $uid;
    ran($arch, 'look-setuid', program('look', $look, 04755, $uid)) if $uid;
    ran($arch, 'look-plain', program('look', $look, 0755, $uid));
  }
  ran($arch, 'crash', program('crash', pack('H*', $crash), 0755, $uid));
  ran($arch, 'calls', program('calls', pack('H*', $calls), 0755, $uid));
  ran($arch, 'cpuid', program('cpuid', pack('H*', $cpuid), 0755, $uid)) if $cpuid;
  clear_root();
}

# The price: the smallest program several times, the loop with more and more rounds until it takes long enough to be
# told from its start. What is fastest was disturbed least. The rounds are the last word of its file.
sub price {
  my ($arch, $exit, $spin, $word) = @_;
  ($exit, $spin) = (pack('H*', $exit), pack('H*', $spin));
  my ($exec) = sort { $a <=> $b } map { (program('run', $exit, 0755, 0))[1] } 1 .. 7;
  my ($rounds, $status, $took) = (100_000, 0, 0);
  while (1) {
    substr($spin, -length(pack($word, 0))) = pack($word, $rounds);
    ($status, $took) = program('spin', $spin, 0755, 0);
    # Long enough, or only disturbed?
    for (1 .. 2) {
      last if $status != 0 || $took - $exec <= 250_000;
      my ($again, $then) = program('spin', $spin, 0755, 0);
      $took = $then if $again == 0 && $then < $took;
    }
    last if $status != 0 || $took - $exec > 250_000 || $rounds >= 1_000_000_000;
    $rounds *= $took - $exec < 25_000 ? 8 : 3;
  }
  answer('price', $arch, $status, $exec, $rounds, $took);
  clear_root();
}
`;
