/**
 * Runs in the VM as root while the engine is connected, read by `perl -`: looks at binfmt_misc and at the files
 * of our entries every few seconds and says what it sees whenever that has changed or a byte comes in, in the lines of
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
  opendir(my $listing, $folder) or return $text;
  for my $name (grep { !/^(\.|\.\.|register|status)$/ } readdir($listing)) {
    my $entry = slurp("$folder/$name");
    next unless defined $entry;
    $text .= "entry\t" . unpack('H*', $name) . "\t" . unpack('H*', $entry) . "\n";
    $text .= "file\t$1\t" . (-s $1 // -1) . "\n" if $entry =~ m{^interpreter (\Q$ours\E/[\w./+~-]+)$}m;
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
