import { describe, expect, it } from 'vitest';
import type { SelfTest } from '../../../contract/records.ts';
import { type ArchRow, archRow } from '../arch-table.ts';
import type { BinfmtEntry } from '../binfmt-entry.ts';
import type { TripReport } from '../guest-trip.ts';
import { expectedMissing } from './expected-syscalls.ts';
import { judgeHandler, judgeNative } from './judge-ladder.ts';
import type { ProgramName, ProgramRun } from './program-run.ts';
import { probedSyscalls } from './syscall-probes.ts';

const row = archRow('arm64');
const interpreter = '/var/lib/foredeck/emulators/10.0.13+ds-0+deb13u1-0123456789ab/qemu-aarch64';
const entry: BinfmtEntry = {
  name: 'qemu-aarch64',
  enabled: true,
  interpreter,
  flags: 'POCF',
  offset: 0,
  magic: row.magic,
  mask: row.mask,
};

function ran(code: number, output: Uint8Array = new Uint8Array()): ProgramRun {
  return { code, ms: 10, output };
}

/** What `look` writes on a 64-bit little-endian architecture, as its comment describes it. */
function looked(options: { euid: number; argv0?: string }): ProgramRun {
  const output = Buffer.alloc(1_088);
  const words = [1, 0x7f00, 0, 0x7f40, 0, 16, 0xff, 12, options.euid, 0, 0];
  for (const [index, word] of words.entries()) output.writeBigUInt64LE(BigInt(word), index * 8);
  output.write(`${options.argv0 ?? 'foredeck-look'}\0FOREDECK=x`, 1_024);
  return ran(0, output);
}

function called(target: ArchRow, missing: readonly string[], enosys = 38): ProgramRun {
  const output = Buffer.alloc(probedSyscalls(target.arch).length * 8);
  for (const [index, name] of probedSyscalls(target.arch).entries()) {
    output.writeBigInt64LE(missing.includes(name) ? BigInt(-enosys) : -22n, index * 8);
  }
  return ran(0, output);
}

const expected = [...(expectedMissing('10.0.13') ?? [])];

const good: readonly [ProgramName, ProgramRun][] = [
  ['run', ran(42)],
  ['look', looked({ euid: 0 })],
  ['crash', ran(139)],
  ['calls', called(row, expected)],
];

function judged(
  runs: readonly [ProgramName, ProgramRun][],
  entries: readonly BinfmtEntry[] = [entry],
): SelfTest {
  const report: TripReport = {
    mounted: 'yes',
    fileBytes: new Map(),
    registered: new Map(),
    unregisterProblems: new Map(),
    running: new Map(),
    pruned: [],
    runs: new Map([['arm64', new Map(runs)]]),
    prices: new Map(),
    entries,
    binfmtEnabled: true,
  };
  return judgeHandler({ row, report, interpreter, cause: 'change' });
}

/** `good` with other runs. */
function but(...runs: readonly [ProgramName, ProgramRun][]): [ProgramName, ProgramRun][] {
  return [...new Map([...good, ...runs])];
}

function failures(test: SelfTest): [string, string, string | null][] {
  return test.steps
    .filter((step) => !step.ok)
    .map(({ id, detail, consequence }) => [id, detail, consequence]);
}

describe('the ladder', () => {
  it('is climbed when every program did as it should', () => {
    const test = judged(good);
    expect(test).toMatchObject({ ok: true, cause: 'change', ms: 40, isaLevel: 'armv8.0-a', complete: false });
    expect(test.steps.map((step) => step.id)).toEqual([
      'entry',
      'order',
      'run',
      'open-binary',
      'credentials',
      'argv0',
      'signal',
      'isa',
      'syscalls',
    ]);
    expect(test.missingSyscalls).toContain('ptrace');
    expect(test.steps.at(-1)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^40 of 67 .*; as QEMU 10\.0\.13 has them$/),
      consequence: expect.stringContaining('strace and gdb will not work: ptrace'),
    });
  });

  it('says that sudo fails without C', () => {
    expect(failures(judged(but(['look', looked({ euid: 1_000 })])))).toEqual([
      ['credentials', 'a setuid program of root sees user 1000 instead of 0', 'sudo inside will fail: no C'],
    ]);
  });

  it('tells a missing O from the others, which are tried apart', () => {
    const test = judged(
      but(
        ['look', ran(1)],
        ['look-unreadable', ran(1)],
        ['look-setuid', looked({ euid: 1_000 })],
        ['look-plain', looked({ euid: 1_000 })],
      ),
    );
    expect(failures(test).map(([id, , consequence]) => [id, consequence])).toEqual([
      ['open-binary', 'programs without read permission will not start: no O'],
      ['credentials', 'sudo inside will fail: no C'],
    ]);
  });

  it('says what a missing P breaks', () => {
    expect(failures(judged(but(['look', looked({ euid: 0, argv0: '/stub' })])))).toEqual([
      [
        'argv0',
        'a program sees its path instead of the name it is called by',
        'busybox and others which go by their name will fail: no P',
      ],
    ]);
  });

  it('says when a crash does not look like one', () => {
    expect(failures(judged(but(['crash', ran(0)])))).toEqual([
      [
        'signal',
        'reading address 0 ends with status 0 instead of 139',
        'arm64 programs that crash will seem to end otherwise',
      ],
    ]);
  });

  it('does not fail where there is no user but root', () => {
    const runs = good.filter(([name]) => name !== 'look');
    const test = judged([...runs, ['look-plain', looked({ euid: 0 })]]);
    expect(test.ok).toBe(true);
    expect(test.steps.find((step) => step.id === 'credentials')?.detail).toMatch(/^not run: /);
  });

  it('compares missing calls with what the version lacks elsewhere', () => {
    const calls = called(row, [...expected.filter((name) => name !== 'mlock2'), 'statx']);
    const step = judged(but(['calls', calls])).steps.at(-1);
    expect(step?.detail).toContain('missing here, though QEMU 10.0.13 has them: statx');
    expect(step?.detail).toContain('there, though QEMU 10.0.13 lacks them: mlock2');
    expect(step?.ok).toBe(true);
  });

  it('fails when the calls were not all made', () => {
    expect(failures(judged(but(['calls', ran(0, Buffer.alloc(8))])))).toMatchObject([
      ['syscalls', 'the test program wrote something else than it should', expect.any(String)],
    ]);
    expect(failures(judged(but(['calls', ran(139)])))).toEqual([
      [
        'syscalls',
        'the test program ended with status 139',
        'nobody can tell beforehand which system calls are missing',
      ],
    ]);
  });

  it('ends at a stub that does not run, and is complete then', () => {
    const test = judged([['run', ran(127)]]);
    expect(test).toMatchObject({ ok: false, complete: true, isaLevel: null, missingSyscalls: [] });
    expect(failures(test)).toEqual([
      [
        'run',
        'the emulator was not found: the entry lacks F, or the emulator needs libraries',
        'no arm64 program starts',
      ],
    ]);
    expect(test.steps.at(-1)?.id).toBe('run');
  });

  it('names what is wrong with the entry, and who comes before it', () => {
    const other = { ...entry, name: 'other', interpreter: '/opt/q', flags: 'F' };
    expect(failures(judged(good, [other, { ...entry, flags: 'OF' }]))).toEqual([
      [
        'entry',
        'sudo and other setuid programs will fail (no C), programs which go by their argv[0], such as busybox, will fail (no P)',
        'arm64 programs do not run as Foredeck registered them',
      ],
      [
        'order',
        'the entry "other" of another program (/opt/q) comes before it',
        'arm64 programs run under that program, not under this emulator',
      ],
    ]);
    expect(failures(judged([['run', ran(126)]], []))).toMatchObject([
      ['entry', 'it is not registered', 'arm64 programs will not start: exec format error'],
      ['run', 'exec format error: there is no handler', 'no arm64 program starts'],
    ]);
  });
});

describe('a processor of its own', () => {
  function native(arch: 'amd64' | 'mips64le', runs: readonly [ProgramName, ProgramRun][]): SelfTest {
    const report = {
      runs: new Map([[arch, new Map(runs)]]),
      entries: [],
      binfmtEnabled: true,
    } as unknown as TripReport;
    return judgeNative({ row: archRow(arch), report, cause: 'boot' });
  }

  it('needs no entry and no flags', () => {
    const runs: [ProgramName, ProgramRun][] = [...good, ['calls', called(archRow('amd64'), [])]];
    const test = native('amd64', [...new Map(runs)]);
    expect(test).toMatchObject({ ok: true, complete: true, missingSyscalls: [] });
    expect(test.steps.map((step) => step.id)).toEqual(['run', 'argv0', 'signal', 'isa', 'syscalls']);
  });

  it('counts errors as MIPS does', () => {
    const mips = archRow('mips64le');
    const runs: [ProgramName, ProgramRun][] = [...good, ['calls', called(mips, ['ptrace'], 89)]];
    expect(native('mips64le', [...new Map(runs)]).missingSyscalls).toEqual(['ptrace']);
  });
});
