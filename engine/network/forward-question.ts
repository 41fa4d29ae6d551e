import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** As long as glibc waits for a server, less what the guest has waited already (resolv.conf(5), `timeout`). */
const answerTimeoutMs = 3_000;
const dnsPort = 53;

/** The name servers of this computer, in the order in which it asks them (resolv.conf(5)); read anew each time. */
export async function nameservers(path = '/etc/resolv.conf'): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)]
    .map(([, address = '']) => address)
    .filter((address) => isIP(address.split('%')[0] ?? '') !== 0);
}

/** The first answer of these servers to a DNS message, byte by byte; null when none answers. */
export async function forwardQuestion(
  message: Buffer,
  servers: readonly string[],
  port = dnsPort,
): Promise<Buffer | null> {
  for (const server of servers) {
    const answer = await ask(message, server, port);
    if (answer) return answer;
  }
  return null;
}

function ask(message: Buffer, server: string, port: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
    const end = (answer: Buffer | null): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), answerTimeoutMs);
    socket.once('error', () => end(null));
    socket.on('message', (answer) => {
      // The number which the question had: RFC 1035, section 4.1.1.
      if (answer.length > 2 && answer.readUInt16BE(0) === message.readUInt16BE(0)) end(answer);
    });
    // Connected: the kernel takes nothing from others, and tells of a server that is not there.
    socket.connect(port, server, () => socket.send(message));
  });
}
