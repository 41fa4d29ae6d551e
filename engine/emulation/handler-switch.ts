import type { SelfTest, SelfTestCause } from '../../contract/records.ts';
import { toEngineError } from '../base/engine-error.ts';
import type { ArchRow } from './arch-table.ts';
import { deliverEmulator } from './deliver-emulator.ts';
import { emulatorPath } from './emulator-binary.ts';
import {
  chosenTarget,
  type EmulatorTarget,
  isVersion,
  rememberedChoice,
  wantedTarget,
} from './emulator-choices.ts';
import { foreignEntry, ownEntry } from './find-entry.ts';
import type { TripReport } from './guest-trip.ts';
import { notChosen, notProved, notRemoved, runByOthers } from './handler-errors.ts';
import { type HandlerParts, runningUnderOthers } from './handler-parts.ts';
import { askForProof, judgeProof } from './handler-proof.ts';
import type { EmulatorId } from './wanted-emulators.ts';

/** An emulator as it was just registered. */
interface Registered {
  readonly emulator: EmulatorId;
  readonly report: TripReport;
  readonly test: SelfTest;
}

/**
 * Switches single handlers on, off and to other versions. Each method is one operation; it leaves failing records to
 * its caller.
 */
export class HandlerSwitch {
  readonly #parts: HandlerParts;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  async on(row: ArchRow, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const { records, wanted } = this.#parts;
    records.commit(row, {
      state: 'switching-on',
      wanted: true,
      activity: 'looking for the emulator',
      error: null,
      switchedOnMs: null,
      drift: null,
    });
    await wanted.change(row.arch, { wanted: true });
    const emulator = await this.#deliver(row, wantedTarget(row, wanted.get(row.arch)), signal);
    const registered = await this.#registerProved(row, emulator, 'change');
    await this.#keep(row, registered, Math.round(performance.now() - startedAt));
  }

  async off(row: ArchRow): Promise<void> {
    const { records, wanted, trips, standing } = this.#parts;
    standing.delete(row.arch);
    await wanted.change(row.arch, { wanted: false });
    const calm = { wanted: false, drift: null, runningUnderOthers: 0 };
    if (!trips.link) {
      records.commit(row, { ...calm, state: 'unknown', activity: null, error: null });
      return;
    }
    records.commit(row, {
      ...calm,
      state: 'switching-off',
      activity: 'removing the handler',
      error: null,
    });
    const report = await trips.run((trip) => trip.running(row).unregister(row).entries());
    if (ownEntry(row, report.entries)) {
      throw notRemoved(row, report.unregisterProblems.get(row.emulator) ?? '');
    }
    const running = runningUnderOthers(row, report, '');
    const foreign = foreignEntry(row, report.entries);
    records.commit(row, {
      state: 'off',
      activity: running > 0 ? stillRunning(running) : null,
      flags: null,
      error: foreign ? runByOthers(row, foreign).toWire() : null,
    });
  }

  /** Switches to another version; when that does not prove itself, back to the former one. */
  async choose(row: ArchRow, version: string, signal: AbortSignal): Promise<void> {
    const { records, wanted, versions, vm, standing } = this.#parts;
    const startedAt = performance.now();
    const before = records.get(row.arch);
    const former = wanted.get(row.arch);
    const stood = standing.has(row.arch) ? former.emulator : null;
    try {
      // Until then nothing changes in the guest, and what runs there goes on.
      records.commit(row, { activity: 'looking for the emulator' });
      if (isVersion(version)) await versions.refresh(vm.arch, signal);
      const target = chosenTarget(row, former, versions.of(vm.arch), version);
      const emulator = await this.#deliver(row, target, signal);
      records.commit(row, {
        state: 'switching-on',
        activity: 'registering and testing',
        error: null,
        drift: null,
      });
      const registered = await this.#register(row, emulator, 'change');
      if (!registered.test.ok) throw await this.#putBack(row, registered, stood);
      await wanted.change(row.arch, {
        wanted: true,
        choice: rememberedChoice(target, versions.of(vm.arch)),
      });
      await this.#keep(row, registered, Math.round(performance.now() - startedAt));
    } catch (thrown) {
      const { state } = records.get(row.arch);
      // Where the guest was not touched, the record is as it was.
      if (state === before.state) records.commit(row, { activity: before.activity });
      throw thrown;
    }
  }

  /** Puts back what something else changed; `intact` says that the emulator's file is as it was. */
  async restore(row: ArchRow, intact: boolean, signal: AbortSignal): Promise<void> {
    const { wanted } = this.#parts;
    const { emulator: known } = wanted.get(row.arch);
    if (!known) throw new TypeError(`${row.arch} stood without an emulator`);
    const emulator = intact ? known : await this.#bringAgain(row, known, signal);
    await this.#keep(row, await this.#registerProved(row, emulator, 'drift'), null);
  }

  async #bringAgain(row: ArchRow, known: EmulatorId, signal: AbortSignal): Promise<EmulatorId> {
    try {
      return await this.#deliver(row, { exactly: known }, signal);
    } catch (thrown) {
      if (toEngineError(thrown).code !== 'package_missing') throw thrown;
      return await this.#deliver(row, { newestOf: known.suite }, signal);
    }
  }

  /** Sees to it that the emulator lies on the VM's data disk. */
  async #deliver(row: ArchRow, target: EmulatorTarget, signal: AbortSignal): Promise<EmulatorId> {
    const { vm, packages, jobs, log, records, trips, versions } = this.#parts;
    const link = trips.require();
    const present = this.#present(row);
    const title = `Emulator ${row.emulator} for VM "${vm.name}"`;
    const [delivered] = await Promise.all([
      jobs.run({ kind: 'emulator', title, signal }, (job) =>
        deliverEmulator({
          row,
          vmArch: vm.arch,
          link,
          packages,
          target,
          present,
          job,
          onActivity: (activity) => records.commit(row, { activity }),
          log,
        }),
      ),
      present,
    ]);
    if (target.newestOf) versions.note(vm.arch, target.newestOf, delivered.version);
    signal.throwIfAborted();
    return delivered;
  }

  /** Which versions delivered before are still there. Names hold hashes and files appear whole, so sizes suffice. */
  async #present(row: ArchRow): Promise<EmulatorId[]> {
    const { wanted, trips } = this.#parts;
    const { emulator, previous } = wanted.get(row.arch);
    const known = [emulator, previous].filter((id) => id !== null);
    if (known.length === 0) return [];
    const report = await trips.run((trip) =>
      known.reduce((all, id) => all.file(emulatorPath(row, id)), trip),
    );
    return known.filter((id) => report.fileBytes.get(emulatorPath(row, id)) === id.sizeBytes);
  }

  async #register(row: ArchRow, emulator: EmulatorId, cause: SelfTestCause): Promise<Registered> {
    const { trips, standing } = this.#parts;
    const path = emulatorPath(row, emulator);
    standing.delete(row.arch);
    const report = await trips.run((trip) =>
      askForProof(trip.register(row, path, { keep: false }).entries(), row).running(row),
    );
    return { emulator, report, test: judgeProof(row, report, path, cause) };
  }

  async #registerProved(row: ArchRow, emulator: EmulatorId, cause: SelfTestCause): Promise<Registered> {
    const { records, vm } = this.#parts;
    records.commit(row, { activity: 'registering and testing', emulatorVersion: emulator.version });
    const registered = await this.#register(row, emulator, cause);
    if (registered.test.ok) return registered;
    await this.#remove(row, registered.test);
    throw notProved(vm.name, row, registered.test, registered.report.registered.get(row.emulator)?.problem);
  }

  /** What is not proved must not half work. */
  async #remove(row: ArchRow, test: SelfTest): Promise<void> {
    const { trips, records } = this.#parts;
    const after = await trips.run((trip) => trip.unregister(row).entries());
    records.commit(row, { lastTest: test, flags: ownEntry(row, after.entries)?.flags ?? null });
  }

  /** Undoes a failed choice and says how that went; `stood`: what was registered before. */
  async #putBack(row: ArchRow, failed: Registered, stood: EmulatorId | null): Promise<Error> {
    const { records } = this.#parts;
    const chosen = failed.emulator.version;
    if (!stood) {
      await this.#remove(row, failed.test);
      records.commit(row, { state: 'off', activity: null });
      return notChosen({ row, chosen, test: failed.test, former: null });
    }
    const back = await this.#register(row, stood, 'change');
    this.#removeOldVersions(row);
    if (back.test.ok) await this.#keep(row, back, null);
    const former = { version: stood.version, proved: back.test.ok };
    const error = notChosen({ row, chosen, test: failed.test, former });
    if (!back.test.ok) {
      await this.#remove(row, back.test);
      records.commit(row, { state: 'failed', activity: null, error: error.toWire() });
    }
    return error;
  }

  /** The emulator is proved: from now on it is what stands. */
  async #keep(row: ArchRow, { emulator, report, test }: Registered, tookMs: number | null): Promise<void> {
    const { records, wanted, standing } = this.#parts;
    const { emulator: former, previous } = wanted.get(row.arch);
    const replaced = former !== null && former.sha256 !== emulator.sha256;
    await wanted.change(row.arch, { emulator, previous: replaced ? former : previous });
    standing.add(row.arch);
    records.commit(row, {
      state: 'on',
      wanted: true,
      activity: null,
      error: null,
      emulatorVersion: emulator.version,
      flags: ownEntry(row, report.entries)?.flags ?? null,
      lastTest: test,
      runningUnderOthers: runningUnderOthers(row, report, emulatorPath(row, emulator)),
      ...(tookMs === null ? {} : { switchedOnMs: tookMs }),
    });
    if (replaced) this.#removeOldVersions(row);
  }

  /** Nobody waits for it: what is left lies on the data disk until the next time. */
  #removeOldVersions(row: ArchRow): void {
    const { trips, wanted, log } = this.#parts;
    trips
      .run((trip) => {
        const { emulator, previous } = wanted.get(row.arch);
        const kept = [emulator, previous].filter((id) => id !== null);
        return trip.prune(
          row,
          kept.map((id) => emulatorPath(row, id)),
        );
      })
      .catch((thrown: unknown) => {
        log.debug({ arch: row.arch, err: thrown }, 'old versions were not removed');
      });
  }
}

function stillRunning(programs: number): string {
  const words =
    programs === 1
      ? '1 program goes on under it until it ends'
      : `${programs} programs go on under it until they end`;
  return `${words}; new ones fail with "exec format error"`;
}
