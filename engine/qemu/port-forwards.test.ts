import { expect, test } from 'vitest';
import { parseUserNetwork } from './port-forwards.ts';

test('reads what QEMU 10 forwards, without its connections', () => {
  const text = [
    'Hub -1 (net0):',
    '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
    '  TCP[ESTABLISHED]   27       127.0.0.1 40363       10.0.2.15    22     0     0',
    '  TCP[HOST_FORWARD]   9       127.0.0.1 40363       10.0.2.15    22     0     0',
    '  TCP[HOST_FORWARD]  13               *  8080       10.0.2.15    80     0     0',
    '  UDP[HOST_FORWARD]  14       127.0.0.1  5353       10.0.2.15    53     0     0',
    '',
  ].join('\r\n');
  expect(parseUserNetwork(text)).toEqual([
    { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 40363, guestPort: 22 },
    { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, guestPort: 80 },
    { protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 5353, guestPort: 53 },
  ]);
});
