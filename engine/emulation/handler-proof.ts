import type { SelfTest, SelfTestCause } from '../../contract/records.ts';
import type { ArchRow } from './arch-table.ts';
import type { GuestTrip, TripReport } from './guest-trip.ts';
import { judgeHandler, judgeNative } from './self-test/judge-ladder.ts';

/** Adds to a trip what proving a row takes besides the entries. */
export function askForProof(trip: GuestTrip, row: ArchRow): GuestTrip {
  return trip.prove(row);
}

/** Judges what such a trip brought back; `interpreter` is the emulator's path that ought to be registered. */
export function judgeProof(
  row: ArchRow,
  report: TripReport,
  interpreter: string,
  cause: SelfTestCause,
): SelfTest {
  return judgeHandler({ row, report, interpreter, cause });
}

/** The same for an architecture which the VM's processor runs itself. */
export function judgeNativeProof(row: ArchRow, report: TripReport, cause: SelfTestCause): SelfTest {
  return judgeNative({ row, report, cause });
}
