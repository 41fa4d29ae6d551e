import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BinfmtEntry } from '../emulation/binfmt-entry.ts';
import type { RawProcess } from './raw-sample.ts';
import { type Recognised, recognise } from './recognise.ts';

interface Fixture {
  cases: { name: string; command: string; entries: BinfmtEntry[]; process: RawProcess }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/qemu-aarch64.json'), 'utf8'),
);

function recorded(name: string): Fixture['cases'][number] {
  const found = fixture.cases.find((recording) => recording.name === name);
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
});
