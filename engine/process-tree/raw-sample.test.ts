import { describe, expect, it } from 'vitest';
import { archRow } from '../emulation/arch-table.ts';
import { exitStub } from '../emulation/self-test/exit-stub.ts';
import { readRawSample } from './raw-sample.ts';

/** A frame's body, as sampler-script.ts packs it. */
function body(...records: (string | Uint8Array)[][]): Buffer {
  return Buffer.concat(
    records.flatMap((fields) => {
      const count = Buffer.alloc(2);
      count.writeUInt16BE(fields.length);
      const parts = fields.flatMap((field) => {
        const bytes = Buffer.from(field);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return [length, bytes];
      });
      return [count, ...parts];
    }),
  );
}

const box = 'b'.repeat(64);
const numbers =
  'S 7 42 42 0 -1 4194560 90 0 0 0 120 30 0 0 20 0 3 0 5000 9000000 250 18446744073709551615 1 1 0';

function processRecord(change: {
  comm?: string | Uint8Array;
  argv?: string | Uint8Array;
  cgroup?: string;
  flags?: string;
  runner?: string;
}): (string | Uint8Array)[] {
  const stat = Buffer.concat([
    Buffer.from('42 ('),
    Buffer.from(change.comm ?? 'cat'),
    Buffer.from(`) ${numbers}\n`),
  ]);
  const header = exitStub(archRow('amd64')).slice(0, 20);
  return [
    'process',
    '42',
    stat,
    change.argv ?? 'cat\0',
    '1000',
    change.cgroup ?? '0::/',
    '/bin/cat',
    header,
    change.flags ?? '',
    '',
    change.runner ?? '',
  ];
}

function read(change: Parameters<typeof processRecord>[0]): unknown {
  return readRawSample(body(['head', '1000.50', '0.02', '100', '4096'], processRecord(change))).processes[0];
}

describe('readRawSample', () => {
  it('reads units, times and memory', () => {
    const sample = readRawSample(body(['head', '1000.50', '0.02', '100', '4096'], processRecord({})));
    expect(sample).toMatchObject({ uptimeMs: 1_000_500, sampleMs: 20, entries: [] });
    expect(sample.processes).toEqual([
      {
        pid: 42,
        ppid: 7,
        uid: 1000,
        state: 'S',
        comm: 'cat',
        argv: ['cat'],
        cpuMs: 1_500,
        rssBytes: 250 * 4_096,
        threads: 3,
        startedAfterBootMs: 50_000,
        containerId: null,
        exe: '/bin/cat',
        exeHeader: { bits: 64, endian: 'little', type: 2, machine: 62 },
        guestHeader: null,
        keptArgv0: null,
        runner: null,
      },
    ]);
  });

  it.each([') R 1 1', 'two\nlines', '(((', ''])('is not misled by the name %j', (comm) => {
    expect(read({ comm })).toMatchObject({ comm, ppid: 7, state: 'S' });
  });

  it.each<[string, string | Uint8Array, string[]]>([
    ['empty arguments', 'a\0\0b\0\0', ['a', '', 'b', '']],
    ['none at all', '', []],
    ['newlines and tabs', 'a\nb\tc\0', ['a\nb\tc']],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0]), ['a\ufffd\ufffd']],
    ['a title without a closing NUL', 'nginx: worker process', ['nginx: worker process']],
    ['a title in a larger room', `spamd child${'\0'.repeat(400)}`, ['spamd child']],
    ['more than is read', 'x'.repeat(8_192), [`${'x'.repeat(8_192)}…`]],
  ])('splits %s', (_, argv, words) => {
    expect(read({ argv })).toMatchObject({ argv: words });
  });

  it.each<[string, string | null]>([
    [`0::/docker/${box}`, box],
    [`0::/system.slice/docker-${box}.scope`, box],
    [`12:memory:/docker/${box}\n0::/docker/${box}`, box],
    [`0::/docker/${box}/docker/${'c'.repeat(64)}`, box],
    ['0::/docker/buildkit/abc', null],
    [`0::/docker/${box}beef`, null],
    ['0::/', null],
  ])('finds the container in %s', (cgroup, containerId) => {
    expect(read({ cgroup })).toMatchObject({ containerId });
  });

  it('tells whether argv[0] was kept', () => {
    expect(read({ flags: '1' })).toMatchObject({ keptArgv0: true });
    expect(read({ flags: '0' })).toMatchObject({ keptArgv0: false });
  });

  it('says what executes a program of another architecture', () => {
    expect(read({ runner: '/opt/qemu-aarch64' })).toMatchObject({ runner: '/opt/qemu-aarch64' });
  });

  it('reads the CPU time of containers, and leaves out what tells none', () => {
    const groups = [
      ['group', `/docker/${box}`, 'usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n'],
      ['group', `/docker/${'c'.repeat(64)}`, ''],
      ['group', '/user.slice', 'usage_usec 5000\n'],
    ];
    expect(readRawSample(body(...groups)).containerCpuMs).toEqual(new Map([[box, 1_235]]));
  });

  it('refuses a frame that is cut short', () => {
    const whole = body(processRecord({}));
    expect(() => readRawSample(whole.subarray(0, whole.length - 1))).toThrow(RangeError);
    expect(() => readRawSample(whole.subarray(0, 1))).toThrow(RangeError);
  });
});
