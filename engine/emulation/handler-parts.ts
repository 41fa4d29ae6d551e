import type { Arch, HostArch } from '../../contract/arch.ts';
import type { Log } from '../base/log.ts';
import type { Jobs } from '../state/jobs.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { type ArchRow, archRow } from './arch-table.ts';
import type { StandingHandler } from './drift.ts';
import { emulatorPath } from './emulator-binary.ts';
import type { TripReport } from './guest-trip.ts';
import type { GuestTrips } from './guest-trips.ts';
import type { HandlerRecords } from './handler-records.ts';
import type { SuiteVersions } from './suite-versions.ts';
import type { WantedEmulators } from './wanted-emulators.ts';

/** What switching and restoring the handlers of one VM work with. */
export interface HandlerParts {
  readonly vm: { readonly name: string; readonly arch: HostArch };
  readonly records: HandlerRecords;
  readonly trips: GuestTrips;
  readonly wanted: WantedEmulators;
  readonly versions: SuiteVersions;
  readonly packages: PackageFiles;
  readonly jobs: Jobs;
  readonly log: Log;
  /** Whose entries we registered and proved: whatever differs from them was changed by somebody else. */
  readonly standing: Set<Arch>;
}

/** What ought to stand in the guest for a row; null when nothing of ours does. */
export function standingHandler({ standing, wanted }: HandlerParts, row: ArchRow): StandingHandler | null {
  const { emulator } = wanted.get(row.arch);
  if (!standing.has(row.arch) || !emulator) return null;
  return { row, path: emulatorPath(row, emulator), sizeBytes: emulator.sizeBytes };
}

export function standingHandlers(parts: HandlerParts): StandingHandler[] {
  return [...parts.standing]
    .map((arch) => standingHandler(parts, archRow(arch)))
    .filter((handler) => handler !== null);
}

/** Programs that run under versions of the row's emulator other than the one at `path`. */
export function runningUnderOthers(row: ArchRow, report: TripReport, path: string): number {
  const counts = [...(report.running.get(row.emulator) ?? [])];
  return counts.reduce((sum, [version, count]) => (version === path ? sum : sum + count), 0);
}
