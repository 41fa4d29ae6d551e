import { once } from 'node:events';
import { connect, type NetConnectOpts } from 'node:net';
import type { GuestLink } from '../engine/vm/ports.ts';

/** Where the sink listens in the guest. */
export const sinkPath = '/run/foredeck-bench.sock';

/**
 * Takes or gives bytes as fast as they come, so that a stream shows the transport and nothing else: `U` counts what
 * follows and answers the number at its end, `D` and a number of bytes is answered by so many zeros. Listens on a Unix
 * socket or, given a number, on that TCP port. One process for each connection; everything ends with the first one's
 * standard input. For `perl -e`.
 */
export const sink = `
use Socket;
my $path = shift;
my $port = $path =~ /^\\d+$/;
unlink $path unless $port;
socket(my $listener, $port ? PF_INET : PF_UNIX, SOCK_STREAM, 0) or die $!;
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
my $place = $port ? sockaddr_in($path, INADDR_ANY) : sockaddr_un($path);
bind($listener, $place) && listen($listener, 16) or die $!;
$SIG{CHLD} = 'IGNORE';
unless (my $acceptor = fork) {
  while (accept(my $peer, $listener)) {
    if (fork) { close($peer); next }
    sysread($peer, my $wish, 16);
    my ($way, $bytes) = $wish =~ /^(.)0*(\\d+)/;
    my $chunk = "\\0" x 262144;
    if ($way eq 'U') {
      my $count = 0;
      while (my $got = sysread($peer, $chunk, 262144)) { $count += $got }
      syswrite($peer, $count);
    } else {
      while ($bytes > 0) { $bytes -= syswrite($peer, $chunk, $bytes < 262144 ? $bytes : 262144) || last }
    }
    exit;
  }
} else {
  syswrite(STDOUT, "listening\\n");
  sysread(STDIN, my $end, 1);
  kill 'TERM', $acceptor;
  unlink $path unless $port;
}
`;

/** Starts the sink in the guest; the answer ends it. */
export async function startSink(link: GuestLink, place = sinkPath): Promise<() => Promise<void>> {
  const running = await link.spawn(['perl', '-e', sink, place]);
  await once(running.stdout, 'data');
  return async () => {
    running.stdin.end();
    await running.exited;
  };
}

/** Seconds it takes to send so many zeros through `place` to the sink, until it has counted them. */
export async function sendRaw(place: NetConnectOpts, bytes: number): Promise<number> {
  const { socket, started } = await ask(place, 'U', bytes);
  const chunk = Buffer.alloc(chunkBytes);
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.end();
  const counted = String(Buffer.concat(await Array.fromAsync(socket)));
  if (Number(counted) !== bytes) throw new Error(`the guest counted "${counted}" of ${bytes} bytes`);
  return secondsSince(started);
}

/** Seconds it takes to get so many zeros out of the sink. */
export async function receiveRaw(place: NetConnectOpts, bytes: number): Promise<number> {
  const { socket, started } = await ask(place, 'D', bytes);
  let received = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) received += chunk.length;
  if (received !== bytes) throw new Error(`${received} of ${bytes} bytes came out of the guest`);
  return secondsSince(started);
}

const chunkBytes = 256 * 1024;

async function ask(place: NetConnectOpts, way: 'U' | 'D', bytes: number) {
  const started = performance.now();
  const socket = connect({ ...place, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.write(`${way}${String(bytes).padStart(15, '0')}`);
  return { socket, started };
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}
