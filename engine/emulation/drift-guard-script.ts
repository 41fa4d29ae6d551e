/**
 * Runs in the VM as root while the engine is connected, read by `perl -`: looks at binfmt_misc and the emulators'
 * files every few seconds and says what it sees whenever that has changed or a byte comes in, in the lines of
 * guest-script.ts, `end` last. A look is a dozen small reads: the kernel tells nobody when entries change. Ends with its
 * standard input.
 */
export const driftGuardScript = String.raw`
use strict; use warnings;
my ($folder, $ours, $seconds) = @ARGV;
$| = 1;
my $said = '';
while (1) {
  my $seen = view();
  if ($seen ne $said) { print $seen, "end\n"; $said = $seen; }
  my $input = '';
  vec($input, fileno(STDIN), 1) = 1;
  next unless select($input, undef, undef, $seconds);
  exit unless sysread(STDIN, my $ignored, 64);
  $said = '';
}

sub view {
  my $status = slurp("$folder/status");
  my $text = "mounted\t" . (defined $status ? 'yes' : 'no') . "\nstatus\t" . unpack('H*', $status || '') . "\n";
  if (opendir(my $listing, $folder)) {
    for my $name (grep { !/^(\.|\.\.|register|status)$/ } readdir($listing)) {
      my $entry = slurp("$folder/$name");
      $text .= "entry\t" . unpack('H*', $name) . "\t" . unpack('H*', $entry) . "\n" if defined $entry;
    }
  }
  $text .= "file\t$_\t" . (-s $_) . "\n" for grep { -f $_ } glob("$ours/*/*");
  return $text;
}

sub slurp {
  my ($path) = @_;
  open(my $file, '<', $path) or return undef;
  local $/;
  return scalar <$file>;
}
__END__
`;
