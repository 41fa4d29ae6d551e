import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arches } from '../../../contract/arch.ts';
import { type ArchRow, archRow, archTable } from '../arch-table.ts';
import { readElfHeader } from '../elf-header.ts';
import { auxiliary, readLook } from './look-report.ts';
import { machineCode } from './machine-code.ts';
import { probedSyscalls } from './syscall-probes.ts';
import { callsProgram, cpuidProgram, crashProgram, lookProgram, spinProgram } from './test-programs.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('test programs', () => {
  it('are an ELF header, one segment and the code', () => {
    // Read field by field against elf(5).
    expect(hex(crashProgram(archRow('arm64')))).toBe(
      [
        '7f454c46 020101 000000000000000000 0200 b700 01000000',
        '7800400000000000 4000000000000000 0000000000000000',
        '00000000 4000 3800 0100 0000 0000 0000',
        '01000000 05000000 0000000000000000 0000400000000000 0000400000000000',
        '8c00000000000000 8c00000000000000 0000010000000000',
        '000080d2 000040f9 000080d2 a80b80d2 010000d4',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('are an ELF header, one segment and the code where words are small or the other way round', () => {
    expect(hex(crashProgram(archRow('arm/v7')))).toBe(
      [
        '7f454c46 010101 000000000000000000 0200 2800 01000000',
        '54004000 34000000 00000000 00000005 3400 2000 0100 0000 0000 0000',
        '01000000 00000000 00004000 00004000 68000000 68000000 05000000 00000100',
        '0000a0e3 000090e5 0000a0e3 0170a0e3 000000ef',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
    expect(hex(crashProgram(archRow('s390x'))).slice(0, 80)).toBe(
      '7f454c46020201000000000000000000000200160000000100000000004000780000000000000040',
    );
  });

  it.each(arches)('are for %s', (arch) => {
    const row = archRow(arch);
    for (const program of [lookProgram(row), crashProgram(row), spinProgram(row, 1)]) {
      expect(readElfHeader(program)).toMatchObject({
        bits: row.bits,
        endian: row.endian,
        machine: row.machine,
      });
    }
    expect(hex(lookProgram(row)).endsWith(machineCode[arch].look)).toBe(true);
  });

  it('have their table behind the code, at an address that every source knows', () => {
    const program = callsProgram(archRow('s390x'), ['exit', 'ptrace']);
    expect(hex(program.subarray(0x400))).toBe('0000000000000001000000000000001affffffffffffffff');
    expect(hex(callsProgram(archRow('386'), ['ptrace']).subarray(0x400))).toBe('1a000000ffffffff');
  });

  it('probe only calls which the architecture has', () => {
    expect(() => callsProgram(archRow('arm64'), ['fork'])).toThrow(TypeError);
    for (const row of archTable) expect(probedSyscalls(row.arch).length).toBeGreaterThan(60);
  });

  it('ask CPUID on x86 only', () => {
    const withCpuid = archTable.filter((row) => cpuidProgram(row) !== null);
    expect(withCpuid.map((row) => row.arch)).toEqual(['amd64', '386']);
  });
});

const own = process.arch === 'x64' ? 'amd64' : process.arch === 'arm64' ? 'arm64' : null;

describe.skipIf(process.platform !== 'linux' || own === null)('test programs on this processor', () => {
  const row: ArchRow = archRow(own ?? 'amd64');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-programs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(program: Uint8Array): { status: number | null; signal: string | null; stdout: Buffer } {
    const path = join(folder, 'program');
    writeFileSync(path, program, { mode: 0o755 });
    const env = { FOREDECK: 'x'.repeat(1_600) };
    return spawnSync(path, ['one'], { argv0: 'a-name', env, timeout: 10_000 });
  }

  it('look at their stack', () => {
    const { status, stdout } = run(lookProgram(row));
    expect(status).toBe(0);
    const report = readLook(row, stdout);
    expect(report?.argv0).toBe('a-name');
    expect(report?.auxv.get(auxiliary.euid)).toBe(BigInt(process.geteuid?.() ?? -1));
    expect(readLook(row, stdout.subarray(1))).toBeNull();
  });

  it('crash', () => {
    expect(run(crashProgram(row)).signal).toBe('SIGSEGV');
  });

  it('make calls that fail, each for its own reason', () => {
    const { status, stdout } = run(callsProgram(row, ['close', 'inotify_init1']));
    expect(status).toBe(0);
    // EBADF, EINVAL.
    expect([stdout.readBigInt64LE(0), stdout.readBigInt64LE(8)]).toEqual([-9n, -22n]);
    expect(stdout).toHaveLength(16);
  });

  it('count down', () => {
    expect(run(spinProgram(row, 1_000))).toMatchObject({ status: 0, signal: null });
  });
});
