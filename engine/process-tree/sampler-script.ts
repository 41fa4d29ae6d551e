/**
 * Runs in the VM as root for as long as somebody looks, read by `perl -` from standard input; each line after it asks
 * for one sample of /proc. A sample is a 32-bit length and then records; a record is a 16-bit number of fields, a field a 32-bit length
 * and its bytes, all big-endian. Nothing is quoted or split, since whoever runs in a container chooses those bytes;
 * raw-sample.ts reads them.
 *
 * What cannot change without start time, owner, name and arguments changing too is read once for a process.
 */
export const samplerScript = String.raw`
use strict; use warnings;
$0 = 'foredeck-sampler';
my $binfmt = '/proc/sys/fs/binfmt_misc';
my $most_argument_bytes = 8192;
my $most_maps_bytes = 65536;
my $kernel_thread = 0x00200000;
my %auxv = unpack('Q*', slurp('/proc/self/auxv', 4096));
my ($ticks_per_second, $page_bytes) = ($auxv{17} || 100, $auxv{6} || 4096);
my %known;
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
  open(my $file, '<', $path) or return '';
  my $bytes = '';
  defined(sysread($file, $bytes, $most)) or return '';
  return $bytes;
}

sub sample {
  my $began = uptime();
  my ($interpreters, @records) = entries();
  my %alive;
  opendir(my $listing, '/proc') or return '';
  for my $pid (grep { !/\D/ } readdir($listing)) {
    my $stat = slurp("/proc/$pid/stat", 1024);
    my $after = rindex($stat, ')');
    next if $after < 0;
    my @numbers = split(' ', substr($stat, $after + 2), 21);
    next if $numbers[6] & $kernel_thread;
    my $arguments = slurp("/proc/$pid/cmdline", $most_argument_bytes);
    my $owner = (stat("/proc/$pid"))[4];
    next unless defined $owner;
    my $key = "$numbers[19] $owner " . substr($stat, 0, $after) . $arguments;
    my $process = $known{$pid};
    $process = [$key, identity($pid, $arguments, $interpreters)] unless $process && $process->[0] eq $key;
    $alive{$pid} = $process;
    push @records, record('process', $pid, $stat, $arguments, @$process[1 .. 6]);
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

# uid, cgroup, executable, its header; for an emulator: auxiliary vector's AT_FLAGS, header of the program it runs.
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
  return (defined $uid ? $uid : 0, $cgroup, $exe, $header, $flags, $guest);
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
