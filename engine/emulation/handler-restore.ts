import type { Drift } from '../../contract/emulation.ts';
import type { SelfTestCause } from '../../contract/records.ts';
import type { ArchRow } from './arch-table.ts';
import { perhapsNativeArches } from './arch-table.ts';
import { type BinfmtView, DriftHistory, driftChanges } from './drift.ts';
import { emulatorPath } from './emulator-binary.ts';
import { foreignEntry, ownEntry } from './find-entry.ts';
import type { TripReport } from './guest-trip.ts';
import { driftStopped, notProved, runByOthers } from './handler-errors.ts';
import { type HandlerParts, runningUnderOthers, standingHandler, standingHandlers } from './handler-parts.ts';
import { askForProof, judgeNativeProof, judgeProof } from './handler-proof.ts';
import { stubExitCode } from './self-test/exit-stub.ts';

export interface HandlerRestoreOptions {
  readonly parts: HandlerParts;
  /** An operation runs or waits for this row: it decides what becomes of it. */
  readonly busy: (row: ArchRow) => boolean;
  /** Switches on as a person would, in the background. */
  readonly switchOn: (row: ArchRow) => void;
  /** Puts a changed handler back; resolves when that is over, however it ended. */
  readonly putBack: (row: ArchRow, intact: boolean) => Promise<void>;
}

/** Brings one VM's guest back to what is wanted: at its start, after a sleep, and when something else changed it. */
export class HandlerRestore {
  readonly #options: HandlerRestoreOptions;
  readonly #parts: HandlerParts;
  readonly #histories = new Map<ArchRow, DriftHistory>();
  /** Settles when no look is under way. */
  #looking: Promise<unknown> = Promise.resolve();

  constructor(options: HandlerRestoreOptions) {
    this.#options = options;
    this.#parts = options.parts;
  }

  /** Forgets what was changed: the guest has started anew, or a person has decided about `row`. */
  forgetDrift(row?: ArchRow): void {
    if (row) this.#histories.get(row)?.forget();
    else this.#histories.clear();
  }

  /** Puts in place and proves whatever is wanted and lies on the data disk, in one round trip; not what was given up. */
  async reconcile(cause: SelfTestCause): Promise<void> {
    const { wanted, trips, records, vm } = this.#parts;
    const perhapsNative = perhapsNativeArches(vm.arch);
    let idle: readonly ArchRow[] = [];
    const report = await trips.run((trip) => {
      idle = records
        .foreign()
        .filter((row) => !this.#options.busy(row) && !records.get(row.arch).drift?.stopped);
      for (const row of idle) {
        const { wanted: isWanted, emulator, previous } = wanted.get(row.arch);
        if (!isWanted) trip.unregister(row);
        if (!isWanted || !emulator) {
          if (perhapsNative.includes(row.arch)) trip.stub(row);
          continue;
        }
        const path = emulatorPath(row, emulator);
        const kept = previous ? [path, emulatorPath(row, previous)] : [path];
        trip.file(path).register(row, path, { keep: true }).running(row).prune(row, kept);
        askForProof(trip, row);
      }
      return trip.entries();
    });
    for (const row of records.foreign()) {
      // A person has been asked about it, and the connection may have been lost since.
      if (records.get(row.arch).drift?.stopped) records.commit(row, { state: 'failed' });
    }
    for (const row of idle) {
      // Where the emulator is not on the data disk, or not as it should be, it is brought again. Nobody waits for a
      // mirror here: the records say how it goes.
      if (!this.#options.busy(row) && !this.#adopt(row, report, cause)) this.#options.switchOn(row);
    }
  }

  /** Whether something of ours is not as it should be. */
  differs(view: BinfmtView): ArchRow[] {
    return standingHandlers(this.#parts)
      .filter((handler) => driftChanges(handler, view).length > 0)
      .map(({ row }) => row);
  }

  /** Looks at the guest and puts back what something else changed; resolves when that has been done. */
  look(): Promise<void> {
    const looking = this.#looking.catch(() => undefined).then(() => this.#look());
    this.#looking = looking;
    return looking;
  }

  async #look(): Promise<void> {
    const { records, trips } = this.#parts;
    let idle: readonly ArchRow[] = [];
    const report = await trips.run((trip) => {
      idle = records.foreign().filter((row) => !this.#options.busy(row));
      for (const { path } of standingHandlers(this.#parts)) trip.file(path);
      for (const row of idle) if (records.get(row.arch).runningUnderOthers > 0) trip.running(row);
      return trip.entries();
    });
    const restoring = idle
      .filter((row) => !this.#options.busy(row))
      .map((row) => this.#compare(row, report) ?? Promise.resolve());
    await Promise.all(restoring);
  }

  /** Takes over what a look saw of one row; a promise when something has to be put back. */
  #compare(row: ArchRow, report: TripReport): Promise<void> | null {
    const { records } = this.#parts;
    const standing = standingHandler(this.#parts, row);
    const record = records.get(row.arch);
    if (!standing) {
      if (record.state === 'off') {
        const foreign = foreignEntry(row, report.entries);
        records.commit(row, { error: foreign ? runByOthers(row, foreign).toWire() : null });
      }
      return null;
    }
    if (record.runningUnderOthers > 0) {
      records.commit(row, { runningUnderOthers: runningUnderOthers(row, report, standing.path) });
    }
    const changes = driftChanges(standing, report);
    if (changes.length === 0) return null;
    const drift = this.#noteDrift(row, changes);
    if (drift.stopped) {
      this.#parts.standing.delete(row.arch);
      records.commit(row, {
        state: 'failed',
        activity: null,
        flags: ownEntry(row, report.entries)?.flags ?? null,
        drift,
        error: driftStopped(row, changes).toWire(),
      });
      return null;
    }
    records.commit(row, {
      state: 'switching-on',
      activity: 'putting back what something else changed',
      drift,
    });
    const intact = report.fileBytes.get(standing.path) === standing.sizeBytes;
    const restored = this.#options.putBack(row, intact);
    // A file that is gone may have to come from a mirror, which nobody waits for.
    return intact ? restored : null;
  }

  #noteDrift(row: ArchRow, changes: readonly string[]): Drift {
    const { vm, log } = this.#parts;
    const history = this.#histories.get(row) ?? new DriftHistory();
    this.#histories.set(row, history);
    const drift = history.note(changes, Date.now());
    log.warn({ vm: vm.name, arch: row.arch, changes, stopped: drift.stopped }, 'handler was changed');
    return drift;
  }

  /** Takes over what a reconciling trip saw. False when the emulator has to be brought to the VM first. */
  #adopt(row: ArchRow, report: TripReport, cause: SelfTestCause): boolean {
    const { vm, wanted, records, standing } = this.#parts;
    const { wanted: isWanted, emulator } = wanted.get(row.arch);
    const own = ownEntry(row, report.entries);
    const foreign = foreignEntry(row, report.entries);
    if (!own && !foreign && report.runs.get(row.arch)?.get('run')?.code === stubExitCode) {
      const lastTest = judgeNativeProof(row, report, cause);
      records.commit(row, { state: 'native', lastTest, error: null });
      return true;
    }
    if (!isWanted) {
      const error = foreign ? runByOthers(row, foreign).toWire() : null;
      records.commit(row, { state: 'off', wanted: false, flags: null, error });
      return true;
    }
    if (!emulator) return false;
    const path = emulatorPath(row, emulator);
    if (report.fileBytes.get(path) !== emulator.sizeBytes) return false;
    const test = judgeProof(row, report, path, cause);
    const problem = report.registered.get(row.emulator)?.problem;
    if (test.ok) standing.add(row.arch);
    records.commit(row, {
      state: test.ok ? 'on' : 'failed',
      wanted: true,
      activity: null,
      emulatorVersion: emulator.version,
      flags: own?.flags ?? null,
      lastTest: test,
      runningUnderOthers: runningUnderOthers(row, report, path),
      error: test.ok ? null : notProved(vm.name, row, test, problem).toWire(),
    });
    return true;
  }
}
