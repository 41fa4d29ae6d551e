import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arches } from '../../contract/arch.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { archOfHeader, archRow, archTable } from './arch-table.ts';
import { type BinfmtEntry, entryMatches } from './binfmt-entry.ts';
import { readElfHeader } from './elf-header.ts';
import { exitStub } from './self-test/exit-stub.ts';

const entries: BinfmtEntry[] = archTable.map((row) => ({
  name: row.emulator,
  enabled: true,
  interpreter: `/emulators/${row.emulator}`,
  flags: 'POCF',
  offset: 0,
  magic: row.magic,
  mask: row.mask,
}));

describe('the architecture table', () => {
  it('has one row for each architecture of the contract, in its order', () => {
    expect(archTable.map((row) => row.arch)).toEqual([...arches]);
  });

  it.each(archTable.map((row) => row.arch))('takes the stub of %s for that architecture only', (arch) => {
    const row = archRow(arch);
    const stub = exitStub(row);
    const header = readElfHeader(stub);
    expect(header && archOfHeader(header)).toBe(arch);
    expect(entries.filter((entry) => entryMatches(entry, stub)).map((entry) => entry.name)).toEqual([
      row.emulator,
    ]);
  });

  it.each(archTable.map((row) => row.arch))('takes position-independent programs of %s too', (arch) => {
    const row = archRow(arch);
    const stub = exitStub(row);
    stub[row.endian === 'little' ? 16 : 17] = 3;
    expect(entries.filter((entry) => entryMatches(entry, stub))).toHaveLength(1);
  });

  it('takes programs with the OSABI that static glibc sets', () => {
    const stub = exitStub(archRow('arm64'));
    stub[7] = 3;
    expect(entries.filter((entry) => entryMatches(entry, stub)).map((entry) => entry.name)).toEqual([
      'qemu-aarch64',
    ]);
  });
});

const native = { x64: ['amd64', '386'], arm64: ['arm64'] } as const;
const here = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

describe.skipIf(!here)('the stub of this processor', () => {
  it.each(native[process.arch as 'x64' | 'arm64'] ?? [])('of %s really exits with 42', async (arch) => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'stub');
      await writeFile(path, exitStub(archRow(arch)), { mode: 0o755 });
      const code = await new Promise((resolve) => {
        execFile(path, (thrown) => resolve(thrown?.code));
      });
      expect(code).toBe(42);
    });
  });
});
