import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BinfmtEntry } from '../emulation/binfmt-entry.ts';
import type { RawProcess } from './raw-sample.ts';
import { type Recognised, recognise } from './recognise.ts';

interface Recording {
  name: string;
  entries: BinfmtEntry[];
  process: RawProcess;
}

const recordings = ['qemu-aarch64', 'other-tools', 'service-vm'].flatMap((file): Recording[] => {
  const path = join(import.meta.dirname, 'fixtures', `${file}.json`);
  return JSON.parse(readFileSync(path, 'utf8')).cases;
});

function recorded(name: string): Recording {
  const found = recordings.find((recording) => recording.name === name);
  if (!found) throw new Error(`no recording "${name}"`);
  return found;
}

function recogniseRecorded(name: string): Recognised {
  const { process, entries } = recorded(name);
  return recognise(process, entries, 'amd64');
}

describe('recognise, on processes of a real qemu-aarch64', () => {
  it.each([
    ['flags POCF', ['/var/lib/sleep', '1000']],
    ['flags POCF, another argv[0]', ['sleep', '1000']],
    ['flags OCF, without P', ['/var/lib/busybox', 'sleep', '1000']],
    ['a script', ['/var/lib/busybox', 'sh', '/var/lib/script', 'one', 'two']],
    ['the entry removed meanwhile', ['/var/lib/sleep', '1000']],
    ['the emulator deleted meanwhile', ['/var/lib/sleep', '1000']],
    ['the emulator called by name, without a handler', ['/var/lib/busybox', 'sleep', '1000']],
  ])('%s', (name, argv) => {
    expect(recogniseRecorded(name)).toEqual({
      execution: 'emulated',
      arch: 'arm64',
      emulator: 'qemu-aarch64',
      argv,
    });
  });

  it.each(['a native program', 'a native program that pretends'])('%s', (name) => {
    const { process } = recorded(name);
    expect(recogniseRecorded(name)).toEqual({
      execution: 'native',
      arch: 'amd64',
      emulator: null,
      argv: process.argv,
    });
  });

  it.each([
    ['qemu-user-static: no P, another path', ['/var/lib/bin/sleep', '77002']],
    ['qemu-user-static, by busybox', ['/var/lib/bin/busybox', 'sleep', '77003']],
    ["Debian's binfmt-P", ['/var/lib/bin/sleep', '77004']],
    ['the emulator mounted away', ['/var/lib/bin/sleep', '77005']],
    ['the emulator deleted, the entry gone', ['/var/lib/bin/sleep', '77006']],
    ['a script under a handler without P', ['/var/lib/bin/busybox', 'sh', '/var/lib/bin/job']],
  ])('of another tool: %s', (name, argv) => {
    expect(recogniseRecorded(name)).toEqual({
      execution: 'emulated',
      arch: 'riscv64',
      emulator: 'qemu-riscv64',
      argv,
    });
  });

  it('by its program when that has renamed itself', () => {
    expect(recorded('an emulated program that has renamed itself').process.comm).toBe('title\n');
    expect(recogniseRecorded('an emulated program that has renamed itself')).toMatchObject({
      execution: 'emulated',
      argv: ['sh', '-c', expect.stringContaining('echo title')],
    });
  });

  it("is not taken in by a native program with an emulator's name and a handler's argv[0]", () => {
    const name = "a copy of perl named as an emulator, argv[0] a handler's interpreter";
    const { process, entries } = recorded(name);
    expect(process.exe).toMatch(/\/qemu-aarch64$/);
    expect(entries.map((entry) => entry.interpreter)).toContain(process.argv[0]);
    expect(recogniseRecorded(name)).toMatchObject({ execution: 'native', arch: 'amd64' });
  });

  it('knows what the processor runs itself', () => {
    expect(recogniseRecorded('386, which an amd64 processor runs')).toMatchObject({
      execution: 'native',
      arch: '386',
      emulator: null,
    });
  });

  it.each([
    ['/usr/bin/qemu-riscv64', 'qemu-riscv64'],
    ['/usr/bin/qemu-riscv64-static', 'qemu-riscv64'],
    ['/usr/bin/qemu-riscv64-binfmt', 'qemu-riscv64'],
    ['/usr/libexec/qemu-binfmt/riscv64-binfmt-P (deleted)', 'qemu-riscv64'],
    ['/opt/box64', 'riscv64-binfmt-P'],
  ])('calls the emulator in %s by its own name', (exe, emulator) => {
    const { process, entries } = recorded("Debian's binfmt-P");
    expect(recognise({ ...process, exe }, entries, 'amd64')).toMatchObject({
      execution: 'emulated',
      emulator,
    });
  });

  it('goes by the program mapped where one emulator serves two architectures', () => {
    const { process, entries } = recorded('flags POCF');
    const guestHeader = { bits: 32, endian: 'little', type: 2, machine: 40 } as const;
    expect(recognise({ ...process, guestHeader }, entries, 'amd64').arch).toBe('arm/v7');
  });

  it('takes an emulator of another name for one when it has mapped a foreign program', () => {
    const { process, entries } = recorded('flags POCF');
    const renamed = { ...process, exe: '/opt/emulator' };
    expect(recognise(renamed, entries, 'amd64')).toMatchObject({ execution: 'emulated', arch: 'arm64' });
    expect(recognise({ ...renamed, guestHeader: null }, entries, 'amd64')).toMatchObject({
      execution: 'native',
    });
  });
});

describe('recognise', () => {
  const { process } = recorded('a native program');

  it('tells the architectures which one processor runs', () => {
    const exeHeader = { bits: 32, endian: 'little', type: 2, machine: 3 } as const;
    expect(recognise({ ...process, exeHeader }, [], 'amd64')).toMatchObject({
      execution: 'native',
      arch: '386',
    });
  });

  it('takes a zombie for native: it has no program any more', () => {
    const zombie = { ...process, argv: [], exe: '', exeHeader: null };
    expect(recognise(zombie, [], 'arm64')).toEqual({
      execution: 'native',
      arch: 'arm64',
      emulator: null,
      argv: [],
    });
  });

  /*
   * Constructed after the kernel's description of flag T: no kernel with it was at hand to record one. /proc/PID/exe
   * is the guest's program and the arguments are its own; the emulator is among its mappings only.
   */
  describe('under a handler with flag T', () => {
    const labelled: RawProcess = {
      ...process,
      argv: ['sleep', '1000'],
      exe: '/bin/busybox',
      exeHeader: { bits: 64, endian: 'little', type: 2, machine: 183 },
      runner: '/var/lib/foredeck/emulators/11.1-0123456789ab/qemu-aarch64',
    };

    it('goes by what executes the program', () => {
      expect(recognise(labelled, [], 'amd64')).toEqual({
        execution: 'emulated',
        arch: 'arm64',
        emulator: 'qemu-aarch64',
        argv: ['sleep', '1000'],
      });
    });

    it('also after the emulator was replaced', () => {
      const runner = `${labelled.runner} (deleted)`;
      expect(recognise({ ...labelled, runner }, [], 'amd64').emulator).toBe('qemu-aarch64');
    });

    it('tells it from a program of the second architecture of an arm64 processor', () => {
      const arm: RawProcess = {
        ...labelled,
        exeHeader: { bits: 32, endian: 'little', type: 2, machine: 40 },
      };
      expect(recognise({ ...arm, runner: arm.exe }, [], 'arm64').execution).toBe('native');
      expect(recognise({ ...arm, runner: '/opt/qemu-arm' }, [], 'arm64').execution).toBe('emulated');
    });
  });
});
