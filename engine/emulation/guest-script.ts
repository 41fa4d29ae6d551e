import { programScript } from './self-test/program-script.ts';

/**
 * Runs in the VM as root, read by `perl -` from standard input: the lines after it are steps, tab-separated, and it
 * answers each with lines of the same shape, free text as hexadecimal, `end` last. Perl because every Debian has perl-base, and one
 * process does what a shell needs dozens of programs for: under TCG each of those costs tens of milliseconds.
 *
 * Steps and answers are described where they are built and read, in guest-trip.ts.
 */
export const guestScript = String.raw`
use strict; use warnings;
my ($folder, $ours) = @ARGV;
my $machine = (split ' ', slurp('/proc/sys/kernel/arch') || '')[0] || '';
$| = 1;
${programScript}
answer('mounted', mounted());
while (my $line = <STDIN>) {
  chomp $line;
  my ($step, @args) = split /\t/, $line, -1;
  if    ($step eq 'file')       { answer('file', $args[0], -f $args[0] ? -s _ : -1); }
  elsif ($step eq 'register')   { answer('register', $args[0], register(@args)); }
  elsif ($step eq 'unregister') { answer('unregister', $args[0], unregister($args[0])); }
  elsif ($step eq 'entries')    { entries(); }
  elsif ($step eq 'running')    { my %by_path = running($args[0]); answer('running', $args[0], $_, $by_path{$_}) for keys %by_path; }
  elsif ($step eq 'prune')      { answer('pruned', $_) for prune(@args); }
  elsif ($step eq 'stub')       { stub(@args); }
  elsif ($step eq 'prove')      { prove(@args); }
  elsif ($step eq 'price')      { price(@args); }
  else { die "unknown step\n"; }
}
answer('end');

sub answer { print join("\t", @_), "\n"; }

sub slurp {
  my ($path) = @_;
  open(my $file, '<', $path) or return undef;
  local $/;
  return scalar <$file>;
}

# How binfmt_misc was mounted; afterwards it is, and can be written.
sub mounted {
  unless (-e "$folder/register") {
    system('mount', '-t', 'binfmt_misc', 'binfmt_misc', $folder);
    return 'no';
  }
  return 'yes' unless (slurp('/proc/self/mounts') || '') =~ m{^\S+ \Q$folder\E binfmt_misc ro[, ]}m;
  system('mount', '-o', 'remount,rw', $folder);
  return 'read-only';
}

# One write is one command to the kernel; returns what went wrong, or nothing.
sub command {
  my ($path, $text) = @_;
  open(my $file, '>', $path) or return "$!";
  defined(syswrite($file, $text)) or return "$!";
  close($file) or return "$!";
  return '';
}

# Newest first, as the kernel lists them and as it searches them.
sub names {
  opendir(my $listing, $folder) or return ();
  return grep { !/^(\.|\.\.|register|status)$/ } readdir($listing);
}

# An entry is ours when its emulator lies in our folder, whatever its name.
sub is_ours {
  my ($text, $emulator) = @_;
  return $text =~ m{^interpreter \Q$ours\E/[^/\n]+/\Q$emulator\E$}m;
}

sub our_names {
  my ($emulator) = @_;
  return grep { is_ours(slurp("$folder/$_") || '', $emulator) } names();
}

sub register {
  my ($emulator, $keep, $expected, @choices) = @_;
  my @present = our_names($emulator);
  if ($keep && @present == 1 && slurp("$folder/$present[0]") eq pack('H*', $expected)) {
    return ('kept', '');
  }
  command("$folder/$_", '-1') for @present;
  command("$folder/status", '1') if (slurp("$folder/status") || '') !~ /^enabled/;
  my %taken = map { $_ => 1 } names();
  while (my ($name, $text) = splice(@choices, 0, 2)) {
    next if $taken{$name};
    my $problem = command("$folder/register", $text);
    return ('made', unpack('H*', $problem));
  }
  return ('made', unpack('H*', 'every name for it is taken'));
}

sub unregister {
  my ($emulator) = @_;
  my @problems = grep { $_ ne '' } map { command("$folder/$_", '-1') } our_names($emulator);
  return unpack('H*', join(', ', @problems));
}

sub entries {
  answer('status', unpack('H*', slurp("$folder/status") || ''));
  for my $name (names()) {
    my $text = slurp("$folder/$name");
    answer('entry', unpack('H*', $name), unpack('H*', $text)) if defined $text;
  }
}

# Programs that run under emulators of ours, counted by its path. A program may write anything into its own command
# line, so only the characters of our own paths pass. Read once a trip: a full VM has thousands of processes.
my $count_by_path;
sub running {
  my ($emulator) = @_;
  $count_by_path ||= count_running();
  return map { $_ => $count_by_path->{$_} } grep { m{/\Q$emulator\E$} } keys %$count_by_path;
}

sub count_running {
  my %count;
  opendir(my $listing, '/proc') or return {};
  for my $pid (grep { /^\d+$/ } readdir($listing)) {
    my $words = slurp("/proc/$pid/cmdline");
    $count{$1}++ if defined $words && $words =~ m{^(\Q$ours\E/[\w.+~-]+/[\w-]+)\0};
  }
  return \%count;
}

# Removes versions of an emulator which nobody keeps, no entry names and no program runs under; returns their paths.
sub prune {
  my ($emulator, @keep) = @_;
  my %used = (running($emulator), map { $_ => 1 } @keep);
  for my $name (names()) { $used{$1} = 1 if (slurp("$folder/$name") || '') =~ /^interpreter (.*)$/m; }
  my @removed = grep { !$used{$_} && unlink($_) } glob("$ours/*/$emulator");
  rmdir($_) for glob("$ours/*");
  return @removed;
}

__END__
`;
