/** The image which `makePerlImage` makes: the guest's own perl-base and what it is linked with, about 12 MB. */
export const perlImage = 'foredeck-test-perl:1';

/**
 * To be run in the guest: makes `perlImage` there, unless it is. For programs which busybox has none of, such as a UDP
 * server; needs no registry.
 */
export const makePerlImage = [
  'sh',
  '-c',
  `docker image inspect "$1" >/dev/null 2>&1 && exit
cd / || exit
set -- "$1" usr/lib/*-linux-gnu/perl-base usr/bin/perl usr/bin/perl5* usr/lib*/ld-linux* usr/lib/*-linux-gnu/ld-linux*
set -- "$@" usr/lib/*-linux-gnu/libc.so.6 usr/lib/*-linux-gnu/libm.so.6 usr/lib/*-linux-gnu/libcrypt.so.1*
name=$1
shift
tar -c bin sbin lib lib64 $(ls -d "$@" 2>/dev/null) | docker import - "$name"`,
  'sh',
  perlImage,
];

/**
 * For `perl -e`: echoes datagrams on the port given first, and on the TCP port given second answers "got N bytes" to N
 * bytes once the other side has ended its half.
 */
export const echoServer = `
use Socket;
my ($udp, $tcp) = @ARGV;
my $child = fork;
$SIG{TERM} = sub { kill 'KILL', $child if $child; exit };
unless ($child) {
  socket(my $server, PF_INET, SOCK_DGRAM, 0) or die $!;
  bind($server, sockaddr_in($udp, INADDR_ANY)) or die $!;
  while (defined(my $from = recv($server, my $message, 65535, 0))) { send($server, $message, 0, $from) }
}
socket(my $server, PF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($tcp, INADDR_ANY)) && listen($server, 64) or die $!;
$SIG{CHLD} = 'IGNORE';
while (accept(my $peer, $server)) {
  if (fork) { close($peer); next }
  my ($count, $chunk) = (0);
  while (my $got = sysread($peer, $chunk, 65536)) { $count += $got }
  syswrite($peer, "got $count bytes");
  exit;
}
`;
