# Hashes, regular expressions, sorting, fork and wait, a core module written in C.
perl -e '
  use strict; use warnings; use Digest::SHA qw(sha256_hex);
  my %count;
  $count{length $_}++ for "the quick brown fox jumps over the lazy dog" =~ /(\w+)/g;
  my $histogram = join ",", map { "$_:$count{$_}" } sort { $a <=> $b } keys %count;
  my $pid = fork // die "fork: $!";
  exit 5 if $pid == 0;
  waitpid $pid, 0;
  my $child = $? >> 8;
  my $digest = substr sha256_hex(join "", 1 .. 20000), 0, 16;
  print "$histogram $child $digest\n";
'
