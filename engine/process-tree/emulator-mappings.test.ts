import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emulatorBytes, readMappings } from './emulator-mappings.ts';

interface Fixture {
  cases: { name: string; mapped: string[]; pssBytes: number; nativePssBytes: number }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/emulator-mappings.json'), 'utf8'),
);

describe('emulatorBytes, on what a real VM said', () => {
  // Largest error seen, as the docstring tells it: a floor, never above what emulation really cost.
  it.each([
    ['sleep', 0.07],
    ['a shell that has built a string of 3 MB', 0.3],
  ])('%s: at most %d below what it takes more than natively', (name, error) => {
    const found = fixture.cases.find((recording) => recording.name === name);
    if (!found) throw new Error(`no recording "${name}"`);
    const extra = found.pssBytes - found.nativePssBytes;
    const bytes = emulatorBytes(readMappings(found.mapped.join('\n')));
    expect(bytes).toBeLessThanOrEqual(extra);
    expect(bytes).toBeGreaterThan(extra * (1 - error));
  });

  it('reads every mapping with its share', () => {
    for (const { mapped, pssBytes } of fixture.cases) {
      const sum = readMappings(mapped.join('\n')).reduce((total, { bytes }) => total + bytes, 0);
      // The kernel rounds each mapping's share down to kibibytes.
      expect(pssBytes - sum).toBeGreaterThanOrEqual(0);
      expect(pssBytes - sum).toBeLessThan(mapped.length * 1_024);
    }
  });
});

describe('emulatorBytes', () => {
  function mapped(...lines: [range: string, permissions: string, file: string, name: string, kib: number][]) {
    return readMappings(
      lines
        .map(([range, permissions, file, name, kib]) => {
          return `${range} ${permissions} 00000000 ${file}   ${name}\nPss:       ${kib} kB`;
        })
        .join('\n'),
    );
  }

  it("leaves the guest's program, its zeroed data and its memory to the guest", () => {
    const guest = mapped(
      ['00400000-00500000', 'r--p', 'fe:00 7', '/bin/app', 900],
      ['00500000-00510000', 'rw-p', '00:00 0', '', 40],
      ['5500000000-5500800000', 'rw-p', '00:00 0', '', 16],
    );
    expect(emulatorBytes(guest)).toBe(0);
  });

  it('counts code, data, zeroed data, translated blocks, heap and stack of the emulator', () => {
    const emulator = mapped(
      ['5555-6555', 'rw-p', '00:00 0', '[heap]', 1],
      ['7000-8000', 'rwxp', '00:00 0', '', 2],
      ['a000-b000', 'r--p', 'fe:00 9', '/opt/emulator (deleted)', 4],
      ['b000-c000', 'r-xp', 'fe:00 9', '/opt/emulator (deleted)', 8],
      ['c000-d000', 'rw-p', '00:00 0', '', 16],
      ['d000-e000', 'r-xp', '00:00 0', '[vdso]', 32],
      ['e000-f000', 'rw-p', '00:00 0', '[stack]', 64],
    );
    expect(emulatorBytes(emulator)).toBe((1 + 2 + 4 + 8 + 16 + 64) * 1_024);
  });

  it('is not misled by names a container chooses', () => {
    const named = mapped(
      ['1000-2000', 'r--p', 'fe:00 3', '/tmp/[heap]', 5],
      ['2000-3000', 'rw-p', 'fe:00 4', '/a rwxp Pss: 9 kB', 7],
    );
    expect(named).toHaveLength(2);
    expect(emulatorBytes(named)).toBe(0);
  });
});
