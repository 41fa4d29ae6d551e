import type { ArchRow } from './arch-table.ts';
import { type BinfmtEntry, entryMatches } from './binfmt-entry.ts';
import { emulatorsFolder } from './guest-trip.ts';
import { exitStub } from './self-test/exit-stub.ts';

/** Our entry for this row, whatever its name. */
export function ownEntry(row: ArchRow, entries: readonly BinfmtEntry[]): BinfmtEntry | undefined {
  return entries.find(
    (entry) =>
      entry.interpreter.startsWith(`${emulatorsFolder}/`) && entry.interpreter.endsWith(`/${row.emulator}`),
  );
}

/** Somebody else's entry that takes programs of this architecture. */
export function foreignEntry(row: ArchRow, entries: readonly BinfmtEntry[]): BinfmtEntry | undefined {
  const own = ownEntry(row, entries);
  return entries.find((entry) => entry !== own && entryMatches(entry, exitStub(row)));
}

/** The entry which the kernel takes for programs of this architecture: the newest that matches. */
export function firstEntry(row: ArchRow, entries: readonly BinfmtEntry[]): BinfmtEntry | undefined {
  return entries.find((entry) => entryMatches(entry, exitStub(row)));
}
