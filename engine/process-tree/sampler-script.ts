/**
 * Runs in the VM as root for as long as somebody looks, read by `perl -` from standard input. Each line after it is a
 * question: an empty one asks for a sample of /proc (read by raw-sample.ts), `memory PID PID…` for what these processes
 * have mapped (read by raw-memory.ts), `usage` for what containers use and `usage ID` for all about one of them (read by
 * raw-usage.ts). An answer is a 32-bit length and then records; a record is a 16-bit number of
 * fields, a field a 32-bit length and its bytes, all big-endian. Nothing is quoted or split, since whoever runs in a
 * container chooses those bytes.
 */
export const samplerScript = String.raw`
use strict; use warnings;
$0 = 'foredeck-sampler';
my $binfmt = '/proc/sys/fs/binfmt_misc';
my $most_argument_bytes = 8192;
my $most_maps_bytes = 65536;
# Some 370 mappings: beyond it a single process would cost more than a whole sample.
my $most_smaps_bytes = 262144;
my $cgroups = '/sys/fs/cgroup';
my $kernel_thread = 0x00200000;
# A process may change its title or user without becoming another program: looked at again every so many samples.
my $recheck_samples = 5;
# System calls themselves: perl's open makes six of them for each file where three do, and a sample is little else.
open(my $arch, '<', '/proc/sys/kernel/arch') or die;
my ($openat, $read, $close) = <$arch> =~ /^x86_64/ ? (257, 0, 3) : (56, 63, 57);
my $at_cwd = -100;
my $buffer = "\0" x $most_maps_bytes;
my %auxv = unpack('Q*', slurp('/proc/self/auxv', 4096));
my ($ticks_per_second, $page_bytes) = ($auxv{17} || 100, $auxv{6} || 4096);
my $own_machine = machine(slurp('/proc/self/exe', 20));
my (%known, $round);
binmode(STDIN); binmode(STDOUT);

while (defined(my $request = <STDIN>)) {
  my ($question, @of) = split(' ', $request);
  my $answer = !defined $question ? sample() : $question eq 'memory' ? memory(@of) : usage(@of);
  my $frame = pack('N', length($answer)) . $answer;
  while (length($frame)) {
    my $written = syswrite(STDOUT, $frame);
    exit 0 unless defined $written;
    substr($frame, 0, $written) = '';
  }
}

sub record { return pack('n (N/a*)*', scalar(@_), @_); }

sub slurp {
  my ($path, $most) = @_;
  my $file = syscall($openat, $at_cwd, $path, 0);
  return '' if $file < 0;
  my $bytes = syscall($read, $file, $buffer, $most);
  syscall($close, $file);
  return $bytes > 0 ? substr($buffer, 0, $bytes) : '';
}

# The same for files of which the kernel gives about a page a read.
sub slurp_all {
  my ($path, $most) = @_;
  my $file = syscall($openat, $at_cwd, $path, 0);
  return '' if $file < 0;
  my $all = '';
  while (length($all) < $most) {
    my $bytes = syscall($read, $file, $buffer, $most_maps_bytes);
    last if $bytes <= 0;
    $all .= substr($buffer, 0, $bytes);
  }
  syscall($close, $file);
  return $all;
}

# Class, byte order and e_machine of an ELF header.
sub machine { return length($_[0]) < 20 ? '' : substr($_[0], 4, 2) . substr($_[0], 18, 2); }

sub sample {
  my $began = uptime();
  my ($interpreters, @records) = entries();
  my (%alive, %groups);
  $round++;
  opendir(my $listing, '/proc') or return '';
  for my $pid (grep { !/\D/ } readdir($listing)) {
    my $stat = slurp("/proc/$pid/stat", 1024);
    my $after = rindex($stat, ')');
    next if $after < 0;
    my @numbers = split(' ', substr($stat, $after + 2));
    next if $numbers[6] & $kernel_thread;
    # Start time, and where code, stack and arguments lie: a new program, or the same one again, moves them.
    my $key = substr($stat, 0, $after) . "@numbers[19, 23, 25, 45]";
    my $process = $known{$pid};
    if (!$process || $process->{key} ne $key || ($pid + $round) % $recheck_samples == 0) {
      my $arguments = slurp("/proc/$pid/cmdline", $most_argument_bytes);
      my $owner = (stat("/proc/$pid"))[4];
      next unless defined $owner;
      my $seen = "$key $owner $arguments";
      if (!$process || $process->{seen} ne $seen) {
        my ($rest, $group, $settled) = identity($pid, $arguments, $interpreters);
        $process = { key => $key, seen => $settled ? $seen : '', rest => $rest, group => $group };
        $process->{key} = '' unless $settled;
      }
    }
    $alive{$pid} = $process;
    $groups{$process->{group}} = 1 if $process->{group} ne '';
    push @records, pack('n (N/a*)3', 11, 'process', $pid, $stat) . $process->{rest};
  }
  %known = %alive;
  push @records, record('group', $_, slurp("$cgroups$_/cpu.stat", 4096)) for keys %groups;
  my $ended = uptime();
  return join('', record('head', $ended, $ended - $began, $ticks_per_second, $page_bytes), @records);
}

# What processes have mapped, and how much of it is theirs: of smaps the mappings' own lines and their Pss. Asked for
# seldom, since the kernel walks the page tables for it. Empty for a process with too many mappings.
sub memory {
  my ($user, $system) = times;
  my @records;
  for my $pid (@_) {
    my $smaps = slurp_all("/proc/$pid/smaps", $most_smaps_bytes);
    my $stat = slurp("/proc/$pid/stat", 1024);
    my $mapped = length($smaps) < $most_smaps_bytes ? join("\n", $smaps =~ /^([0-9a-f]+-.*|Pss:.*)$/mg) : '';
    push @records, record('mapped', $pid, $stat, $mapped);
  }
  my ($user_after, $system_after) = times;
  my $took = $user_after - $user + $system_after - $system;
  return join('', record('head', $took, $ticks_per_second), @records);
}

# Out of the cgroup of each container: processor and memory; with one named, everything about that one.
sub usage {
  my ($only) = @_;
  my $began = uptime();
  my @records;
  for my $group (container_groups('', 0)) {
    next if defined $only && index($group, $only) < 0;
    my $path = "$cgroups$group";
    my @more;
    if (defined $only) {
      my ($first) = slurp("$path/cgroup.procs", 64) =~ /^(\d+)$/m;
      @more = (slurp("$path/pids.current", 64), slurp("$path/io.stat", 16384));
      push @more, slurp("/proc/$first/net/dev", 16384) if defined $first;
    }
    push @records, record('used', $group, slurp("$path/cpu.stat", 4096), slurp("$path/memory.current", 64),
      slurp("$path/memory.stat", 8192), slurp("$path/memory.max", 64), @more);
  }
  my $ended = uptime();
  return join('', record('head', $ended, $ended - $began), @records);
}

# Wherever Docker was told to put them, a few folders deep; not what containers make below their own.
sub container_groups {
  my ($below, $depth) = @_;
  my @found;
  opendir(my $listing, "$cgroups$below") or return ();
  for my $name (grep { !/^(\.|\.\.|(cgroup|cpu|cpuset|dmem|hugetlb|io|irq|memory|misc|pids|rdma)\..*)$/ } readdir($listing)) {
    my $group = "$below/$name";
    if ($group =~ m{/docker[/-][0-9a-f]{64}(\.scope)?$}) { push @found, $group; }
    elsif ($depth < 4 && -d "$cgroups$group") { push @found, container_groups($group, $depth + 1); }
  }
  return @found;
}

sub uptime { return (split(' ', slurp('/proc/uptime', 64)))[0]; }

# Handlers registered now, newest first.
sub entries {
  my (%interpreters, @records);
  if (opendir(my $listing, $binfmt)) {
    for my $name (grep { !/^(\.|\.\.|register|status)$/ } readdir($listing)) {
      my $text = slurp("$binfmt/$name", 4096);
      $interpreters{$1} = 1 if $text =~ /^interpreter (.*)$/m;
      push @records, record('entry', $name, $text);
    }
  }
  return (\%interpreters, @records);
}

# Arguments, uid, cgroup, executable, its header; for an emulator: AT_FLAGS of the auxiliary vector, header of the
# program it runs; for a program of another architecture: what executes it. Packed as the end of a record. Then the
# cgroup of its container, and whether this holds as long as the process stays the same program: an emulator that has
# only just begun has mapped no program yet.
sub identity {
  my ($pid, $arguments, $interpreters) = @_;
  my ($uid) = slurp("/proc/$pid/status", 2048) =~ /^Uid:\t\d+\t(\d+)/m;
  my $cgroup = slurp("/proc/$pid/cgroup", 4096);
  my ($group) = $cgroup =~ m{^0::(/(?:[^/]*/)*?docker[/-][0-9a-f]{64}(?:\.scope)?)(?:/|$)}m;
  my $exe = readlink("/proc/$pid/exe");
  $exe = '' unless defined $exe;
  my $header = $exe eq '' ? '' : slurp("/proc/$pid/exe", 20);
  my ($first) = split(/\0/, $arguments, 2);
  my ($flags, $guest, $runner, $settled) = ('', '', '', 1);
  if ((defined $first && $interpreters->{$first}) || $exe =~ m{/qemu-[^/]*$|-binfmt[^/]*$}) {
    my $vector = slurp("/proc/$pid/auxv", 4096);
    my %vector = length($vector) % 16 ? () : unpack('Q*', $vector);
    $flags = $vector{8} if defined $vector{8};
    $guest = guest_header($pid, $exe, $header);
    $settled = $guest ne '';
  }
  elsif ($header =~ /^\x7fELF/ && machine($header) ne $own_machine) {
    $runner = runner($pid, $exe);
    $settled = $runner ne '';
  }
  my $rest = pack('(N/a*)8', $arguments, defined $uid ? $uid : 0, $cgroup, $exe, $header, $flags, $guest, $runner);
  return ($rest, defined $group ? $group : '', $settled);
}

# An emulator maps the program it runs readable, never executable. map_files opens what is mapped, whatever has
# become of its name, and never a pipe or a device put in its place. A program of another architecture than the
# emulator's own goes first: a library of the emulator's looks the same otherwise.
sub guest_header {
  my ($pid, $exe, $own) = @_;
  my ($tries, $found) = (8, '');
  for my $line (split(/\n/, slurp("/proc/$pid/maps", $most_maps_bytes))) {
    my ($from, $to, $path) = $line =~ m{^0*([0-9a-f]+)-0*([0-9a-f]+) r--p 0+ \S+ [1-9]\d* +(/.*)$} or next;
    next if $path eq $exe;
    my $header = slurp("/proc/$pid/map_files/$from-$to", 20);
    if ($header =~ /^\x7fELF/) {
      return $header if machine($header) ne machine($own);
      $found = $header if $found eq '';
    }
    last if --$tries == 0;
  }
  return $found;
}

# The file whose code the processor really executes: the program itself where the processor knows its architecture,
# else the emulator.
sub runner {
  my ($pid, $exe) = @_;
  my $found = '';
  for my $line (split(/\n/, slurp_all("/proc/$pid/maps", $most_maps_bytes))) {
    my ($path) = $line =~ m{^\S+ ..x. \S+ \S+ [1-9]\d* +(/.*)$} or next;
    return $exe if $path eq $exe;
    $found = $path if $found eq '';
  }
  return $found;
}
__END__
`;
