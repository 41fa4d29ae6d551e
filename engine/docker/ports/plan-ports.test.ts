import { describe, expect, it } from 'vitest';
import { type PlannedPort, planPorts } from './plan-ports.ts';
import type { Publication, WantedPort } from './publication.ts';

const containerAddress = '172.17.0.2';

function published(...ports: (Partial<WantedPort> & { port: number })[]): Publication {
  const wanted = ports.map((port) => ({ protocol: 'tcp' as const, address: '', containerPort: 80, ...port }));
  return { ports: wanted, containerAddress };
}

function plan(
  publications: Readonly<Record<string, Publication>>,
  options: { share?: boolean; chosen?: number } = {},
): string[] {
  return planPorts({
    publications: new Map(Object.entries(publications)),
    share: options.share ?? false,
    chosen: () => options.chosen,
  }).map(words);
}

/** `127.0.0.1:8080 -> 8080`, with the relay and the guest's rule where there are any. */
function words({ forward, hostPort, relay, rule }: PlannedPort): string {
  return [
    forward && `${forward.protocol} ${forward.hostAddress}:${forward.hostPort} -> ${forward.guestPort}`,
    relay && `[::1]:${hostPort}`,
    rule && `guest ${rule.protocol} ${rule.guestPort} -> ${rule.containerAddress}:${rule.containerPort}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** What was written after `-p`, whether ports are shared, and what stands for it. */
const matrix: readonly [string, Partial<WantedPort>, boolean, string][] = [
  ['all', {}, false, '127.0.0.1:8080 -> 8080, [::1]:8080'],
  ['all, shared', {}, true, '0.0.0.0:8080 -> 8080, [::1]:8080'],
  [
    'IPv4 loopback',
    { address: '127.0.0.1' },
    false,
    '127.0.0.1:8080 -> 8080, guest PROTOCOL 8080 -> 172.17.0.2:80',
  ],
  [
    'IPv4 loopback, shared',
    { address: '127.0.0.1' },
    true,
    '127.0.0.1:8080 -> 8080, guest PROTOCOL 8080 -> 172.17.0.2:80',
  ],
  [
    'IPv6 loopback',
    { address: '::1' },
    false,
    '127.0.0.1:0 -> 8080, [::1]:8080, guest PROTOCOL 8080 -> 172.17.0.2:80',
  ],
  [
    'an address of the host',
    { address: '192.168.7.2' },
    false,
    '192.168.7.2:8080 -> 8080, guest PROTOCOL 8080 -> 172.17.0.2:80',
  ],
  ['another IPv6 address', { address: 'fd00::2' }, false, ''],
];

describe.each(['tcp', 'udp'] as const)('%s', (protocol) => {
  it.each(matrix)('published on %s', (_name, change, share, expected) => {
    const text = expected === '' ? '' : `${protocol} ${expected.replace('PROTOCOL', protocol)}`;
    expect(plan({ web: published({ port: 8080, protocol, ...change }) }, { share })).toEqual([text]);
  });

  it('from another port of the host, the guest stays as it is', () => {
    expect(plan({ web: published({ port: 8080, protocol }) }, { chosen: 9000 })).toEqual([
      `${protocol} 127.0.0.1:9000 -> 8080, [::1]:9000`,
    ]);
  });

  it('gives the same port on two addresses two ways through the guest', () => {
    const [one, other] = plan({
      web: published({ port: 8080, protocol, address: '127.0.0.1' }),
      api: published({ port: 8080, protocol, address: '127.0.0.2' }),
    });
    expect(one).toContain('127.0.0.1:8080 -> 8080');
    expect(other).toContain('127.0.0.2:8080 -> 61000');
    expect(other).toContain('61000 -> 172.17.0.2:80');
  });
});

it('leaves to sshd and to ports on all addresses what is theirs in the guest', () => {
  const planned = plan({
    ssh: published({ port: 22, address: '127.0.0.1' }),
    web: published({ port: 61_000 }),
  });
  expect(planned).toEqual([
    'tcp 127.0.0.1:22 -> 61001, guest tcp 61001 -> 172.17.0.2:80',
    'tcp 127.0.0.1:61000 -> 61000, [::1]:61000',
  ]);
});

it('has no rule for a container which no network reaches', () => {
  const publications = {
    web: { ...published({ port: 8080, address: '127.0.0.1' }), containerAddress: null },
  };
  expect(plan(publications)).toEqual(['tcp 127.0.0.1:8080 -> 8080']);
});
