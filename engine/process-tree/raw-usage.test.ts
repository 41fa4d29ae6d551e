import { expect, it } from 'vitest';
import { readRawUsage } from './raw-usage.ts';

/** A frame's body, as sampler-script.ts packs it. */
function body(...records: string[][]): Buffer {
  const parts = records.flatMap((fields) => {
    const count = Buffer.alloc(2);
    count.writeUInt16BE(fields.length);
    return [
      count,
      ...fields.flatMap((field) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.byteLength(field));
        return [length, Buffer.from(field)];
      }),
    ];
  });
  return Buffer.concat(parts);
}

const id = 'a'.repeat(64);
const cpu = 'usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n';
const memory = 'anon 1000\nfile 9000\ninactive_file 8000\nactive_file 1000\n';
const head = ['head', '12.34', '0.02'];

it('takes processor and memory of each container, without files that can be dropped', () => {
  const usage = readRawUsage(
    body(
      head,
      ['used', `/docker/${id}`, cpu, '20000\n', memory, 'max\n'],
      ['used', `/system.slice/docker-${'b'.repeat(64)}.scope`, cpu, '5000\n', memory, '1048576\n'],
    ),
  );
  expect(usage.uptimeMs).toBe(12_340);
  expect(usage.sampleMs).toBe(20);
  expect(usage.containers.get(id)).toEqual({
    cpuMs: 1_234.567,
    memoryBytes: 12_000,
    memoryLimitBytes: null,
    processes: null,
    readBytes: null,
    writtenBytes: null,
    receivedBytes: null,
    sentBytes: null,
  });
  expect(usage.containers.get('b'.repeat(64))).toMatchObject({ memoryBytes: 0, memoryLimitBytes: 1_048_576 });
});

it('sums disks and interfaces of one, but for its loopback', () => {
  const io =
    '254:0 rbytes=100 wbytes=20 rios=1 wios=1 dbytes=7 dios=0\n254:16 rbytes=1 wbytes=2 rios=0 wios=0\n';
  const network = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs',
    '    lo:     999       9    0    0    0     0          0         0      999       9    0',
    '  eth0:    1500      10    0    0    0     0          0         0      300       5    0',
    'eth1:7 1 0 0 0 0 0 0 3 1 0',
    '',
  ].join('\n');
  const one = ['used', `/docker/${id}`, cpu, '20000\n', memory, 'max\n', '12\n', io, network];
  expect(readRawUsage(body(head, one)).containers.get(id)).toMatchObject({
    processes: 12,
    readBytes: 101,
    writtenBytes: 22,
    receivedBytes: 1_507,
    sentBytes: 303,
  });
});

it('leaves out what went meanwhile, and what is no container', () => {
  const gone = ['used', `/docker/${id}`, '', '', '', ''];
  expect(readRawUsage(body(head, gone, ['used', '/init', cpu, '1', memory, 'max'])).containers.size).toBe(0);
});
