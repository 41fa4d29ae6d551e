/**
 * Runs in the VM as root for as long as somebody looks, read by `perl -` from standard input; each line after it asks
 * for one sample of /proc. A sample is a 32-bit length and then records; a record is a 16-bit number of fields, a field a 32-bit length
 * and its bytes, all big-endian. Nothing is quoted or split, since whoever runs in a container chooses those bytes;
 * raw-sample.ts reads them.
 */
export const samplerScript = String.raw`
use strict; use warnings;
$0 = 'foredeck-sampler';
my $binfmt = '/proc/sys/fs/binfmt_misc';
my $most_argument_bytes = 8192;
my $most_maps_bytes = 65536;
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
my (%known, $round);
binmode(STDIN); binmode(STDOUT);

while (defined(my $request = <STDIN>)) {
  my $sample = sample();
  my $frame = pack('N', length($sample)) . $sample;
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

sub sample {
  my $began = uptime();
  my ($interpreters, @records) = entries();
  my %alive;
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
      $process = { key => $key, seen => $seen, rest => identity($pid, $arguments, $interpreters) }
        unless $process && $process->{seen} eq $seen;
    }
    $alive{$pid} = $process;
    push @records, pack('n (N/a*)3', 10, 'process', $pid, $stat) . $process->{rest};
  }
  %known = %alive;
  my $ended = uptime();
  return join('', record('head', $ended, $ended - $began, $ticks_per_second, $page_bytes), @records);
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
# program it runs. Packed as the end of a record.
sub identity {
  my ($pid, $arguments, $interpreters) = @_;
  my ($uid) = slurp("/proc/$pid/status", 2048) =~ /^Uid:\t\d+\t(\d+)/m;
  my $cgroup = slurp("/proc/$pid/cgroup", 4096);
  my $exe = readlink("/proc/$pid/exe");
  $exe = '' unless defined $exe;
  my $header = $exe eq '' ? '' : slurp("/proc/$pid/exe", 20);
  my ($first) = split(/\0/, $arguments, 2);
  my ($flags, $guest) = ('', '');
  if ((defined $first && $interpreters->{$first}) || $exe =~ m{/qemu-[^/]*$}) {
    my $vector = slurp("/proc/$pid/auxv", 4096);
    my %vector = length($vector) % 16 ? () : unpack('Q*', $vector);
    $flags = $vector{8} if defined $vector{8};
    $guest = guest_header($pid, $exe);
  }
  return pack('(N/a*)7', $arguments, defined $uid ? $uid : 0, $cgroup, $exe, $header, $flags, $guest);
}

# An emulator maps the program it runs readable, never executable. map_files opens what is mapped, whatever has
# become of its name, and never a pipe or a device put in its place.
sub guest_header {
  my ($pid, $exe) = @_;
  my $tries = 4;
  for my $line (split(/\n/, slurp("/proc/$pid/maps", $most_maps_bytes))) {
    my ($from, $to, $path) = $line =~ m{^0*([0-9a-f]+)-0*([0-9a-f]+) r--p 0+ \S+ [1-9]\d* +(/.*)$} or next;
    next if $path eq $exe;
    my $header = slurp("/proc/$pid/map_files/$from-$to", 20);
    return $header if $header =~ /^\x7fELF/;
    last if --$tries == 0;
  }
  return '';
}
__END__
`;
