import type { Arch, HostArch } from '../../contract/arch.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import { type EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Jobs } from '../state/jobs.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import { type ArchRow, archRow, archTable, nativeArches, perhapsNativeArches } from './arch-table.ts';
import { type BinfmtEntry, entryDifferences } from './binfmt-entry.ts';
import { deliverEmulator } from './deliver-emulator.ts';
import { type EmulatorId, emulatorPath } from './emulator-binary.ts';
import { GuestTrip, type TripReport } from './guest-trip.ts';
import { notProved, notRemoved, notRunning, ownProcessor, runByOthers } from './handler-errors.ts';
import { HandlerOperations, type HandlerVerb } from './handler-operations.ts';
import { foreignEntry, judgeHandler, judgeNative, ownEntry } from './self-test.ts';
import type { WantedEmulators } from './wanted-emulators.ts';

export interface VmHandlersOptions {
  readonly vm: { readonly name: string; readonly arch: HostArch };
  readonly store: Store;
  readonly jobs: Jobs;
  readonly packages: PackageFiles;
  readonly wanted: WantedEmulators;
  readonly log: Log;
}

/**
 * The handlers of one VM. Operations are one at a time for an architecture, trips to the guest one at a time for the
 * VM, so that two never interleave there. What a record says has been seen in the guest.
 */
export class VmHandlers {
  readonly #options: VmHandlersOptions;
  readonly #operations = new HandlerOperations();
  #link: GuestLink | undefined;
  /** Settles when no trip is under way. */
  #trips: Promise<unknown> = Promise.resolve();

  constructor(options: VmHandlersOptions) {
    this.#options = options;
  }

  /** Makes one record an architecture, before anything is known about the guest. */
  publish(): void {
    const { vm, store, wanted } = this.#options;
    const native = nativeArches(vm.arch);
    store.commit(
      ...archTable.map((row) => ({
        in: 'handlers' as const,
        key: handlerKey(vm.name, row.arch),
        value: {
          vm: vm.name,
          arch: row.arch,
          state: native.includes(row.arch) ? ('native' as const) : ('unknown' as const),
          wanted: wanted.get(row.arch).wanted,
          activity: null,
          emulator: row.emulator,
          emulatorVersion: wanted.get(row.arch).emulator?.version ?? null,
          flags: null,
          switchedOnMs: null,
          lastTest: null,
          lastProvedAt: null,
          choices: [],
          runningUnderOthers: 0,
          drift: null,
          price: null,
          error: null,
        },
      })),
    );
  }

  /**
   * The guest is there: what is wanted and lies on its data disk is put in place. Resolves with what went wrong, in
   * words; what has to be downloaded follows later.
   */
  async attach(link: GuestLink): Promise<string[]> {
    this.#link = link;
    link.signal.addEventListener('abort', () => this.#detach(link), { once: true });
    if (link.signal.aborted) this.#detach(link);
    await this.reconcile();
    return this.list()
      .filter((handler) => handler.wanted)
      .flatMap(({ error }) => (error ? [error.message] : []));
  }

  list(): Handler[] {
    return archTable.map((row) => this.#record(row.arch));
  }

  on(arch: Arch): Promise<Handler> {
    const row = archRow(arch);
    if (this.#record(arch).state === 'native') return Promise.resolve(this.#record(arch));
    return this.#operate(row, 'on', (signal) => this.#switchOn(row, signal));
  }

  off(arch: Arch): Promise<Handler> {
    const row = archRow(arch);
    if (this.#record(arch).state === 'native') {
      return Promise.reject(ownProcessor(this.#options.vm.name, row));
    }
    return this.#operate(row, 'off', () => this.#switchOff(row));
  }

  async test(arch: Arch): Promise<SelfTest> {
    const row = archRow(arch);
    const handler = await this.#operate(row, 'test', () => this.#test(row));
    if (!handler.lastTest) throw new TypeError('a test leaves its result in the record');
    return handler.lastTest;
  }

  /**
   * Compares the guest with what is wanted and puts back what something else took away, in one round trip. Without a
   * guest it does nothing.
   */
  async reconcile(): Promise<void> {
    if (!this.#link) return;
    const { vm, wanted } = this.#options;
    const perhapsNative = perhapsNativeArches(vm.arch);
    let idle: readonly ArchRow[] = [];
    const report = await this.#trip((trip) => {
      const native = nativeArches(vm.arch);
      idle = archTable.filter((row) => !native.includes(row.arch) && !this.#operations.busy(row.arch));
      for (const row of idle) {
        const { wanted: isWanted, emulator } = wanted.get(row.arch);
        if (perhapsNative.includes(row.arch)) trip.stub(row);
        if (!isWanted) trip.unregister(row);
        if (!isWanted || !emulator) continue;
        const path = emulatorPath(row, emulator);
        trip.file(path).register(row, path, { keep: true }).stub(row);
      }
      return trip.entries();
    });
    const missing = idle.filter((row) => !this.#operations.busy(row.arch) && !this.#adopt(row, report));
    // Their emulators are not on the data disk, or not as they should be. Nobody waits for a mirror here: the records
    // say how it goes.
    for (const row of missing) {
      this.on(row.arch).catch((thrown: unknown) => {
        this.#options.log.warn({ vm: vm.name, arch: row.arch, err: thrown }, 'wanted emulator is not on');
      });
    }
  }

  /** Whether the kernel's entries are no longer what the records say is on. */
  differsFrom(entries: readonly BinfmtEntry[]): boolean {
    return archTable.some((row) => {
      const { emulator } = this.#options.wanted.get(row.arch);
      if (this.#record(row.arch).state !== 'on' || !emulator) return false;
      const own = ownEntry(row, entries);
      return !own || entryDifferences(own, row, emulatorPath(row, emulator)).length > 0;
    });
  }

  /** Takes over what a reconciling trip saw. False when the emulator has to be brought to the VM first. */
  #adopt(row: ArchRow, report: TripReport): boolean {
    const { vm, wanted, log } = this.#options;
    const { wanted: isWanted, emulator } = wanted.get(row.arch);
    const own = ownEntry(row, report.entries);
    const foreign = foreignEntry(row, report.entries);
    if (!own && !foreign && report.stubs.get(row.arch)?.code === 42) {
      this.#commit(row, { state: 'native', lastTest: judgeNative(row, report), error: null });
      return true;
    }
    if (!isWanted) {
      this.#commit(row, {
        state: 'off',
        wanted: false,
        flags: null,
        error: foreign ? runByOthers(row, foreign).toWire() : null,
      });
      return true;
    }
    if (!emulator || report.fileBytes.get(emulatorPath(row, emulator)) !== emulator.sizeBytes) return false;
    const outcome = report.registered.get(row.emulator);
    if (outcome?.kept === false && this.#record(row.arch).state === 'on') {
      log.warn({ vm: vm.name, arch: row.arch }, 'handler had been changed; put back');
    }
    const test = judgeHandler(row, report, emulatorPath(row, emulator));
    const error = test.ok ? null : notProved(vm.name, row, test, outcome?.problem).toWire();
    this.#commit(row, {
      state: test.ok ? 'on' : 'failed',
      wanted: true,
      activity: null,
      emulatorVersion: emulator.version,
      flags: own?.flags ?? null,
      lastTest: test,
      error,
    });
    return true;
  }

  async #switchOn(row: ArchRow, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const { wanted } = this.#options;
    const link = this.#requireLink();
    this.#commit(row, {
      state: 'switching-on',
      wanted: true,
      activity: 'looking for the emulator',
      error: null,
      switchedOnMs: null,
    });
    await wanted.change(row.arch, { wanted: true });
    const emulator = await this.#provide(row, link, signal);
    signal.throwIfAborted();
    this.#commit(row, { activity: 'registering and testing', emulatorVersion: emulator.version });
    const path = emulatorPath(row, emulator);
    const report = await this.#trip((trip) => trip.register(row, path, { keep: false }).entries().stub(row));
    const test = judgeHandler(row, report, path);
    if (!test.ok) {
      // What is not proved must not half work.
      const after = await this.#trip((trip) => trip.unregister(row).entries());
      this.#commit(row, { lastTest: test, flags: ownEntry(row, after.entries)?.flags ?? null });
      throw notProved(this.#options.vm.name, row, test, report.registered.get(row.emulator)?.problem);
    }
    this.#commit(row, {
      state: 'on',
      activity: null,
      flags: ownEntry(row, report.entries)?.flags ?? null,
      lastTest: test,
      switchedOnMs: Math.round(performance.now() - startedAt),
    });
  }

  /** Sees to it that the emulator lies on the VM's data disk. */
  async #provide(row: ArchRow, link: GuestLink, signal: AbortSignal): Promise<EmulatorId> {
    const { vm, packages, wanted, jobs, log } = this.#options;
    const known = wanted.get(row.arch).emulator;
    // The file's name holds its hash and it was renamed into place whole: its size tells the rest. Hashing it there
    // takes longer than everything else together.
    const present = known
      ? this.#trip((trip) => trip.file(emulatorPath(row, known))).then(
          (report) => report.fileBytes.get(emulatorPath(row, known)) === known.sizeBytes,
        )
      : Promise.resolve(false);
    const title = `Emulator ${row.emulator} for VM "${vm.name}"`;
    const [provided] = await Promise.all([
      jobs.run({ kind: 'emulator', title, signal }, (job) =>
        deliverEmulator({
          row,
          vmArch: vm.arch,
          link,
          packages,
          known,
          present,
          job,
          onActivity: (activity) => this.#commit(row, { activity }),
          log,
        }),
      ),
      present,
    ]);
    await wanted.change(row.arch, { emulator: provided });
    return provided;
  }

  async #switchOff(row: ArchRow): Promise<void> {
    await this.#options.wanted.change(row.arch, { wanted: false });
    if (!this.#link) {
      this.#commit(row, { state: 'unknown', wanted: false, activity: null, error: null });
      return;
    }
    this.#commit(row, {
      state: 'switching-off',
      wanted: false,
      activity: 'removing the handler',
      error: null,
    });
    const report = await this.#trip((trip) => trip.running(row).unregister(row).entries());
    if (ownEntry(row, report.entries)) {
      throw notRemoved(row, report.unregisterProblems.get(row.emulator) ?? '');
    }
    const running = [...(report.running.get(row.emulator)?.values() ?? [])].reduce((a, b) => a + b, 0);
    const foreign = foreignEntry(row, report.entries);
    this.#commit(row, {
      state: 'off',
      activity: running > 0 ? stillRunning(running) : null,
      flags: null,
      error: foreign ? runByOthers(row, foreign).toWire() : null,
    });
  }

  async #test(row: ArchRow): Promise<void> {
    const before = this.#record(row.arch);
    const emulator = this.#options.wanted.get(row.arch).emulator;
    const report = await this.#trip((trip) => trip.entries().stub(row));
    const own = ownEntry(row, report.entries);
    if (before.state === 'native') {
      this.#commit(row, { lastTest: judgeNative(row, report) });
      return;
    }
    const interpreter = emulator ? emulatorPath(row, emulator) : (own?.interpreter ?? '');
    const test = judgeHandler(row, report, interpreter);
    const expected = before.wanted || own !== undefined;
    const failed = expected && !test.ok;
    this.#commit(row, {
      state: test.ok ? 'on' : failed ? 'failed' : 'off',
      flags: own?.flags ?? null,
      lastTest: test,
      error: failed ? notProved(this.#options.vm.name, row, test).toWire() : null,
    });
  }

  #operate(row: ArchRow, verb: HandlerVerb, work: (signal: AbortSignal) => Promise<void>): Promise<Handler> {
    return this.#operations.run(row.arch, verb, async (cancelled) => {
      try {
        const link = verb === 'off' ? this.#link : this.#requireLink();
        const signal = link ? AbortSignal.any([cancelled, link.signal]) : cancelled;
        signal.throwIfAborted();
        await work(signal);
      } catch (thrown) {
        throw await this.#failed(row, verb, thrown);
      }
      return this.#record(row.arch);
    });
  }

  /** Leaves a record that is true after `thrown`, and says what to tell the caller. */
  async #failed(row: ArchRow, verb: HandlerVerb, thrown: unknown): Promise<EngineError> {
    const cancelled = isAbort(thrown);
    if (!this.#link) {
      this.#commit(row, { state: 'unknown', activity: null });
      return cancelled ? notRunning(this.#options.vm.name) : toEngineError(thrown);
    }
    let failure = cancelled ? null : toEngineError(thrown);
    if (verb === 'on' && cancelled) {
      // Who cancels a switch does not want it any more.
      await this.#switchOff(row).catch((alsoThrown: unknown) => {
        failure = toEngineError(alsoThrown);
      });
    }
    if (verb !== 'test' && failure) {
      this.#commit(row, { state: 'failed', activity: null, error: failure.toWire() });
    }
    return toEngineError(thrown);
  }

  #trip(prepare: (trip: GuestTrip) => GuestTrip): Promise<TripReport> {
    const next = this.#trips
      .catch(() => undefined)
      .then(() => prepare(new GuestTrip()).run(this.#requireLink()));
    this.#trips = next;
    return next;
  }

  #detach(link: GuestLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    for (const row of archTable) {
      if (nativeArches(this.#options.vm.arch).includes(row.arch)) continue;
      this.#commit(row, { state: 'unknown', activity: null, flags: null });
    }
  }

  #requireLink(): GuestLink {
    if (!this.#link) throw notRunning(this.#options.vm.name);
    return this.#link;
  }

  #record(arch: Arch): Handler {
    const { store, vm } = this.#options;
    const record = store.state.handlers[handlerKey(vm.name, arch)];
    if (!record) throw new TypeError(`no handler record ${vm.name}/${arch}: publish() comes first`);
    return record;
  }

  #commit(row: ArchRow, change: Partial<Handler>): void {
    const { store, vm } = this.#options;
    const value = { ...this.#record(row.arch), ...change };
    store.commit({ in: 'handlers', key: handlerKey(vm.name, row.arch), value });
  }
}

function stillRunning(programs: number): string {
  const words =
    programs === 1
      ? '1 program goes on under it until it ends'
      : `${programs} programs go on under it until they end`;
  return `${words}; new ones fail with "exec format error"`;
}
