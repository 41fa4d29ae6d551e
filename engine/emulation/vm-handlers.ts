import type { Arch, HostArch } from '../../contract/arch.ts';
import type { Price } from '../../contract/emulation.ts';
import type { Handler, SelfTest, SelfTestCause } from '../../contract/records.ts';
import { type EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { watchForWake } from '../base/watch-for-wake.ts';
import type { Jobs } from '../state/jobs.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import { type ArchRow, archRow } from './arch-table.ts';
import type { BinfmtEntry } from './binfmt-entry.ts';
import type { BinfmtView } from './drift.ts';
import { DriftGuard } from './drift-guard.ts';
import { emulatorPath } from './emulator-binary.ts';
import { ownEntry } from './find-entry.ts';
import { GuestTrips } from './guest-trips.ts';
import { notEmulated, notProved, notRunning, ownProcessor } from './handler-errors.ts';
import { HandlerOperations, type HandlerVerb } from './handler-operations.ts';
import { type HandlerParts, standingHandlers } from './handler-parts.ts';
import { askForProof, judgeNativeProof, judgeProof } from './handler-proof.ts';
import { HandlerRecords } from './handler-records.ts';
import { HandlerRestore } from './handler-restore.ts';
import { HandlerSwitch } from './handler-switch.ts';
import type { RunContainer } from './self-test/docker-step.ts';
import { LateProofs } from './self-test/late-proofs.ts';
import type { Prices } from './self-test/prices.ts';
import type { SuiteVersions } from './suite-versions.ts';
import type { WantedEmulators } from './wanted-emulators.ts';

export interface VmHandlersOptions {
  readonly vm: { readonly name: string; readonly arch: HostArch };
  readonly store: Store;
  readonly jobs: Jobs;
  readonly packages: PackageFiles;
  readonly versions: SuiteVersions;
  readonly wanted: WantedEmulators;
  readonly prices: Prices;
  readonly log: Log;
  /** Between the guard's looks at the guest; null: it is not guarded. */
  readonly guardIntervalMs: number | null;
}

/** How often it is counted anew what still runs under a former version, while something does. */
const recountIntervalMs = 15_000;

/** Emulators are proved again after the host slept; a busy machine, late by seconds, has better things to do. */
const sleptMs = 20_000;

/**
 * The handlers of one VM. Operations are one at a time for an architecture, trips to the guest one at a time for the
 * VM, so that two never interleave there. What a record says has been seen in the guest.
 */
export class VmHandlers {
  readonly #options: VmHandlersOptions;
  readonly #parts: HandlerParts;
  readonly #operations = new HandlerOperations();
  readonly #switch: HandlerSwitch;
  readonly #restore: HandlerRestore;
  readonly #late: LateProofs;
  /** Settles when no proof is being finished in the background. */
  #finishing: Promise<unknown> = Promise.resolve();
  /** Of the newest connection. */
  #guard: DriftGuard | undefined;
  /** When the guest that was attached last had started. */
  #bootedAt: number | undefined;

  constructor(options: VmHandlersOptions) {
    this.#options = options;
    this.#parts = {
      ...options,
      records: new HandlerRecords(options),
      trips: new GuestTrips(options.vm.name),
      standing: new Set(),
    };
    this.#switch = new HandlerSwitch(this.#parts);
    this.#restore = new HandlerRestore({
      parts: this.#parts,
      busy: (row) => this.#operations.busy(row.arch),
      switchOn: (row) => this.#inBackground(this.on(row.arch), 'wanted emulator is not on'),
      putBack: (row, intact) =>
        this.#operate(row, 'restore', (signal) => this.#switch.restore(row, intact, signal)).then(
          () => undefined,
          (thrown: unknown) => this.#warn(thrown, 'a changed handler could not be put back'),
        ),
    });
    this.#late = new LateProofs({
      vmUname: archRow(options.vm.arch).uname,
      packages: options.packages,
      record: (row) => this.#records.get(row.arch),
      onProved: (row, test) => this.#onProved(row, test),
      log: options.log,
    });
    options.versions.onChange((arch) => {
      if (arch === options.vm.arch) this.#records.refreshChoices();
    });
  }

  get #records(): HandlerRecords {
    return this.#parts.records;
  }

  /** Makes one record an architecture, before anything is known about the guest. */
  publish(): void {
    this.#records.publish();
  }

  /**
   * The guest is there: what is wanted and lies on its data disk is put in place and proved. Resolves with what went
   * wrong, in words; what has to be downloaded follows later. From then on changes by others are put back until the
   * link goes. `bootedAt` tells a guest that has started anew from one that is only connected again.
   */
  async attach(link: GuestLink, bootedAt: number): Promise<string[]> {
    const { trips, standing } = this.#parts;
    trips.connect(link);
    link.signal.addEventListener('abort', () => this.#detach(link), { once: true });
    if (link.signal.aborted) this.#detach(link);
    if (bootedAt === this.#bootedAt) {
      await this.#afterWake();
    } else {
      this.#bootedAt = bootedAt;
      standing.clear();
      this.#restore.forgetDrift();
      for (const row of this.#records.foreign()) this.#records.commit(row, { drift: null });
      await this.#restore.reconcile('boot');
    }
    this.#watch(link);
    for (const row of this.#records.foreign()) this.#finishProof(row);
    return this.list()
      .filter((handler) => handler.wanted)
      .flatMap(({ error }) => (error ? [error.message] : []));
  }

  list(): Handler[] {
    return this.#records.list();
  }

  on(arch: Arch): Promise<Handler> {
    const row = archRow(arch);
    if (this.#records.get(arch).state === 'native') return Promise.resolve(this.#records.get(arch));
    this.#restore.forgetDrift(row);
    return this.#operate(row, 'on', (signal) => this.#switch.on(row, signal));
  }

  off(arch: Arch): Promise<Handler> {
    const row = archRow(arch);
    if (this.#records.get(arch).state === 'native') return Promise.reject(this.#native(row));
    this.#restore.forgetDrift(row);
    return this.#operate(row, 'off', () => this.#switch.off(row));
  }

  /** Docker answers: what waited for it follows. */
  dockerReady(link: GuestLink, runContainer: RunContainer): void {
    this.#late.connect({ link, runContainer });
    for (const row of this.#records.foreign()) this.#finishProof(row);
  }

  /** Throws `wrong_state` for what is not emulated now. */
  async measurePrice(arch: Arch): Promise<Price> {
    const row = archRow(arch);
    const { state, emulatorVersion } = this.#records.get(arch);
    if (state !== 'on' || emulatorVersion === null) throw notEmulated(this.#options.vm.name, row, state);
    const { trips, vm } = this.#parts;
    const native = archRow(vm.arch);
    const price = await this.#options.prices.measure({ row, native, emulatorVersion, link: trips.require() });
    this.#records.commit(row, {});
    return price;
  }

  /** Every foreign architecture; resolves when each is on, off or has failed on its own record. */
  async all(to: 'on' | 'off'): Promise<Handler[]> {
    if (to === 'on') this.#parts.trips.require();
    const rows = this.#records.foreign().filter((row) => this.#records.get(row.arch).state !== 'native');
    await Promise.allSettled(rows.map((row) => (to === 'on' ? this.on(row.arch) : this.off(row.arch))));
    return this.list();
  }

  choose(arch: Arch, version: string): Promise<Handler> {
    const row = archRow(arch);
    if (this.#records.get(arch).state === 'native') return Promise.reject(this.#native(row));
    this.#restore.forgetDrift(row);
    return this.#operate(row, `use ${version}`, (signal) => this.#switch.choose(row, version, signal));
  }

  async test(arch: Arch): Promise<SelfTest> {
    const row = archRow(arch);
    await this.#operate(row, 'test', () => this.#test(row, 'request'));
    await this.#late.prove(row);
    const { lastTest } = this.#records.get(arch);
    if (!lastTest) throw new TypeError('a test leaves its result in the record');
    return lastTest;
  }

  /** Looks at the guest and puts back what something else changed. Without a guest it does nothing. */
  async look(): Promise<void> {
    if (this.#parts.trips.link) await this.#restore.look();
  }

  /** Somebody has read the kernel's entries anyway. */
  entriesSeen(entries: readonly BinfmtEntry[]): void {
    this.#onView({ mounted: 'yes', binfmtEnabled: true, entries, fileBytes: new Map() });
  }

  /** Until the link goes: notices what others change, the host's sleep, and the end of programs under old versions. */
  #watch(link: GuestLink): void {
    const { guardIntervalMs, versions, vm } = this.#options;
    if (guardIntervalMs !== null) this.#guardAgainstDrift(link, guardIntervalMs);
    watchForWake(link.signal, {
      leastMs: sleptMs,
      onWake: () => this.#inBackground(this.#afterWake(), 'no test after waking'),
    });
    const recount = setInterval(() => {
      if (!this.list().some((handler) => handler.runningUnderOthers > 0)) return;
      this.#inBackground(this.look(), 'programs under old versions could not be counted');
    }, recountIntervalMs);
    recount.unref();
    link.signal.addEventListener('abort', () => clearInterval(recount), { once: true });
    this.#inBackground(versions.refresh(vm.arch, link.signal), 'suites could not be asked');
  }

  #guardAgainstDrift(link: GuestLink, intervalMs: number): void {
    const guard = new DriftGuard({
      link,
      log: this.#options.log,
      intervalMs,
      onView: (view) => {
        // It lists the emulator of every entry of ours: one that it does not list is gone, or its entry is.
        const files = standingHandlers(this.#parts).map(
          ({ path }) => [path, view.fileBytes.get(path) ?? null] as const,
        );
        this.#onView({ ...view, fileBytes: new Map(files) });
      },
    });
    this.#guard = guard;
    this.#inBackground(guard.run(), 'binfmt_misc is not guarded any more');
  }

  async #afterWake(): Promise<void> {
    await this.look();
    await this.#restore.reconcile('wake');
  }

  /** Goes and sees when a view differs, after whatever is under way with the rows in question. */
  #onView(view: BinfmtView): void {
    const rows = this.#restore.differs(view);
    if (rows.length === 0) return;
    const looking = Promise.all(rows.map((row) => this.#operations.settled(row.arch))).then(() =>
      this.look(),
    );
    this.#inBackground(looking, 'changed handlers could not be put back');
  }

  async #test(row: ArchRow, cause: SelfTestCause): Promise<void> {
    const { trips, wanted, vm } = this.#parts;
    const before = this.#records.get(row.arch);
    const { emulator } = wanted.get(row.arch);
    const report = await trips.run((trip) => askForProof(trip.entries(), row));
    const own = ownEntry(row, report.entries);
    if (before.state === 'native') {
      this.#records.commit(row, { lastTest: judgeNativeProof(row, report, cause) });
      return;
    }
    const interpreter = emulator ? emulatorPath(row, emulator) : (own?.interpreter ?? '');
    const test = judgeProof(row, report, interpreter, cause);
    const expected = before.wanted || own !== undefined;
    const failed = expected && !test.ok;
    this.#records.commit(row, { flags: own?.flags ?? null, lastTest: test });
    // What was given up is a question to a person, which no test answers.
    if (before.drift?.stopped) return;
    this.#records.commit(row, {
      state: test.ok ? 'on' : failed ? 'failed' : 'off',
      error: failed ? notProved(vm.name, row, test).toWire() : null,
    });
  }

  #operate(row: ArchRow, verb: HandlerVerb, work: (signal: AbortSignal) => Promise<void>): Promise<Handler> {
    const { trips } = this.#parts;
    return this.#operations.run(row.arch, verb, async (cancelled) => {
      try {
        const link = verb === 'off' ? trips.link : trips.require();
        const signal = link ? AbortSignal.any([cancelled, link.signal]) : cancelled;
        signal.throwIfAborted();
        await work(signal);
        this.#guard?.lookNow();
        this.#finishProof(row);
      } catch (thrown) {
        throw await this.#failed(row, verb, thrown);
      }
      return this.#records.get(row.arch);
    });
  }

  /** In the background, once Docker answers: the last steps of the row's test, then its price if it has none. */
  #finishProof(row: ArchRow): void {
    if (!this.#late.connected) return;
    const finishing = this.#finishing
      .then(() => this.#late.prove(row))
      .then(async () => {
        const { state, price } = this.#records.get(row.arch);
        if (state === 'on' && price === null && this.#late.connected) await this.measurePrice(row.arch);
      });
    this.#finishing = finishing.catch((thrown: unknown) => this.#warn(thrown, 'no price could be measured'));
  }

  #onProved(row: ArchRow, lastTest: SelfTest): void {
    const error = notProved(this.#options.vm.name, row, lastTest).toWire();
    this.#records.commit(row, { lastTest, ...(lastTest.ok ? {} : { state: 'failed', error }) });
  }

  /** Leaves a record that is true after `thrown`, and says what to tell the caller. */
  async #failed(row: ArchRow, verb: HandlerVerb, thrown: unknown): Promise<EngineError> {
    const cancelled = isAbort(thrown);
    if (!this.#parts.trips.link) {
      this.#records.commit(row, { state: 'unknown', activity: null });
      return cancelled ? notRunning(this.#options.vm.name) : toEngineError(thrown);
    }
    let failure = cancelled ? null : toEngineError(thrown);
    if (verb === 'on' && cancelled) {
      // Who cancels a switch does not want it any more.
      await this.#switch.off(row).catch((alsoThrown: unknown) => {
        failure = toEngineError(alsoThrown);
      });
    }
    // A choice that failed has put back what was before, and what there is to tell is the caller's.
    const half = this.#records.get(row.arch).state.startsWith('switching');
    if (failure && (verb === 'on' || verb === 'off' || verb === 'restore' || half)) {
      this.#records.commit(row, { state: 'failed', activity: null, error: failure.toWire() });
    }
    return toEngineError(thrown);
  }

  #detach(link: GuestLink): void {
    if (!this.#parts.trips.disconnect(link)) return;
    for (const row of this.#records.foreign()) {
      this.#records.commit(row, { state: 'unknown', activity: null, flags: null });
    }
  }

  #native(row: ArchRow): EngineError {
    return ownProcessor(this.#options.vm.name, row);
  }

  #inBackground(work: Promise<unknown>, words: string): void {
    work.catch((thrown: unknown) => this.#warn(thrown, words));
  }

  #warn(thrown: unknown, words: string): void {
    // With the guest gone everything fails, and nothing is wrong.
    if (this.#parts.trips.link) this.#options.log.warn({ vm: this.#options.vm.name, err: thrown }, words);
  }
}
