import type { Drift } from '../../contract/emulation.ts';
import type { ArchRow } from './arch-table.ts';
import { type BinfmtEntry, entryDifferences } from './binfmt-entry.ts';
import { foreignEntry, ownEntry } from './find-entry.ts';
import type { Mounted } from './guest-trip.ts';

/** What somebody has seen of binfmt_misc and the emulators' files. */
export interface BinfmtView {
  readonly mounted: Mounted;
  /** False when binfmt_misc as a whole is switched off. */
  readonly binfmtEnabled: boolean;
  /** Newest first. */
  readonly entries: readonly BinfmtEntry[];
  /** Sizes by path; a path that is not in it was not looked at. */
  readonly fileBytes: ReadonlyMap<string, number | null>;
}

/** What ought to stand. */
export interface StandingHandler {
  readonly row: ArchRow;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What differs from what ought to stand, in plain words, one for each change; empty when nothing does. */
export function driftChanges({ row, path, sizeBytes }: StandingHandler, view: BinfmtView): string[] {
  if (view.mounted === 'no') return ['binfmt_misc was unmounted'];
  const changes: string[] = [];
  if (view.mounted === 'read-only') changes.push('binfmt_misc was made read-only');
  if (!view.binfmtEnabled) changes.push('binfmt_misc as a whole was switched off');
  const own = ownEntry(row, view.entries);
  if (own) {
    const differences = entryDifferences(own, row, path);
    if (differences.length > 0)
      changes.push(`the entry "${own.name}" was changed: ${differences.join(', ')}`);
  } else changes.push(`the entry "${row.emulator}" was removed`);
  const before = own ? view.entries.slice(0, view.entries.indexOf(own)) : view.entries;
  const other = foreignEntry(row, before);
  if (other) {
    changes.push(
      `another program registered "${other.name}" (${other.interpreter}), which takes ${row.arch} programs first`,
    );
  }
  const bytes = view.fileBytes.get(path);
  if (bytes === null) changes.push(`the emulator's file ${path} was removed`);
  else if (bytes !== undefined && bytes !== sizeBytes)
    changes.push(`the emulator's file ${path} was changed`);
  return changes;
}

/** Whoever undoes it more often than this is not an accident but somebody's intention. */
const maxRestores = 3;
const restoresWithinMs = 10 * 60_000;

/** Counts restores of one handler, so that two sides do not fight for ever. */
export class DriftHistory {
  #restoredAt: readonly number[] = [];

  /** What to tell of these changes; when it is not `stopped`, they are put back now and counted. */
  note(changes: readonly string[], at: number): Drift {
    const recent = this.#restoredAt.filter((restored) => at - restored < restoresWithinMs);
    const stopped = recent.length >= maxRestores;
    this.#restoredAt = stopped ? recent : [...recent, at];
    return { at, changes: [...changes], restores: this.#restoredAt.length, stopped };
  }

  /** A person has decided: counting starts again. */
  forget(): void {
    this.#restoredAt = [];
  }
}
