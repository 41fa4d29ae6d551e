import { isDeepStrictEqual } from 'node:util';
import type { Arch } from '../../../contract/arch.ts';
import type { Diagnosis } from '../../../contract/doctor.ts';
import type { Container } from '../../../contract/records.ts';
import { type Change, handlerKey } from '../../../contract/state.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import { sleep } from '../../base/time.ts';
import type { Store } from '../../state/store.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { nativeArches } from '../arch-table.ts';
import type { HandlerHistory } from './handler-history.ts';
import { lookAtHandler, rememberedHandler } from './look-at-handler.ts';
import type { ContainerEvidence, FailureFacts, FixRunner, HandlerFacts } from './ports.ts';
import { RunningWatch } from './running-watch.ts';

export interface VmDoctorOptions {
  readonly vm: { readonly name: string; readonly arch: Arch };
  readonly link: GuestLink;
  readonly evidence: ContainerEvidence;
  readonly runner: FixRunner;
  readonly store: Store;
  readonly history: HandlerHistory;
  readonly hostPlatform: string;
  /** The verdict on facts, with fixes as they can be offered now. */
  readonly judge: (facts: FailureFacts) => Promise<Diagnosis | null>;
  readonly log: Log;
  /** Of the connection. */
  readonly signal: AbortSignal;
  /** Between looks at running containers. Default 60 s: a crash that hangs is found within that. */
  readonly lookIntervalMs?: number;
}

const defaultLookIntervalMs = 60_000;

/** Programs that crash mostly do so at once; a first look soon after a start finds them. */
const firstLookMs = 3_000;

/** Events of one failure come together; its last lines need a moment to reach Docker's log. */
const settleMs = 200;

/** So long after its end the handlers in the guest still say how it was; the clocks of host and VM may differ a little. */
const freshMs = 15_000;

/** What runc and shells end with when the kernel refuses a program. */
const startFailures = [1, 126, 127, 255];

/** A health check that fails does so every few seconds. */
const execIntervalMs = 60_000;

/** An end as its row shows it; asked about once. */
interface SeenEnd {
  readonly key: string;
  diagnosis: Diagnosis | null | 'asking';
}

/**
 * Watches one VM's containers while it is connected: one that fails gets a verdict on its row. Nothing is asked of the
 * guest as long as no container of a foreign architecture fails or runs.
 */
export class VmDoctor {
  readonly #options: VmDoctorOptions;
  readonly #watch: RunningWatch;
  readonly #ends = new Map<string, SeenEnd>();
  /** Containers seen before they ended: their end is now, not some time before this engine looked. */
  readonly #seenAlive = new Set<string>();
  /** When a failed `docker exec` was last examined, by container. */
  readonly #execAsked = new Map<string, number>();
  /** Of containers whose main process crashed and cannot end, by id; still known when somebody has killed it. */
  readonly #stuck = new Map<string, { readonly startedAt: number | null; readonly signal: number }>();
  #looking: Promise<void> | undefined;
  #firstLook: NodeJS.Timeout | undefined;

  constructor(options: VmDoctorOptions) {
    this.#options = options;
    this.#watch = new RunningWatch(options);
  }

  get runner(): FixRunner {
    return this.#options.runner;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Until the connection ends. Never rejects. */
  async run(): Promise<void> {
    const { store, signal, lookIntervalMs = defaultLookIntervalMs } = this.#options;
    const stopListening = store.listen((changes) => this.#onChanges(changes));
    for (const row of this.#rows()) this.#consider(row);
    try {
      for (;;) {
        await sleep(lookIntervalMs, signal);
        await this.#lookAtRunning();
      }
    } catch {
      // The sleep, because of the signal.
    } finally {
      stopListening();
      clearTimeout(this.#firstLook);
      await this.#looking;
    }
  }

  /** A program started in a running container with `docker exec` failed. */
  execFailed(container: string, exitCode: number): void {
    const row = this.#row(container);
    if (!row || !this.#isForeign(row) || !startFailures.includes(exitCode)) return;
    if (Date.now() - (this.#execAsked.get(container) ?? 0) < execIntervalMs) return;
    this.#execAsked.set(container, Date.now());
    void this.#examineQuietly(row, { how: 'exec', execExitCode: exitCode });
  }

  /** Looks anew and puts the verdict on the row. */
  async examine(row: Container): Promise<Diagnosis | null> {
    if (row.state === 'running' || row.state === 'paused') {
      await this.#lookAtRunning();
      return this.#row(row.id)?.diagnosis ?? null;
    }
    return await this.#examine(row, { how: 'ended', sawAt: null });
  }

  #onChanges(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.in !== 'containers') continue;
      if (change.value === null) this.#forget(change.key);
      else if (change.value.vm === this.#options.vm.name) this.#consider(change.value);
    }
  }

  #forget(id: string): void {
    this.#ends.delete(id);
    this.#seenAlive.delete(id);
    this.#execAsked.delete(id);
    this.#stuck.delete(id);
  }

  #consider(row: Container): void {
    if (row.stale) return;
    if (row.state === 'running' || row.state === 'created') this.#seenAlive.add(row.id);
    if (row.arch === null) return;
    if (row.state === 'running' && this.#isForeign(row)) {
      this.#firstLook ??= setTimeout(() => {
        this.#firstLook = undefined;
        void this.#lookAtRunning();
      }, firstLookMs);
      return;
    }
    if (!this.#hasFailed(row)) return;
    const key = `${row.exitCode} ${Math.round((row.startedAt ?? 0) / 1_000)}`;
    const seen = this.#ends.get(row.id);
    if (seen?.key === key) {
      // A row that was read before the verdict fell has been written after it. Not put right at once: whoever else
      // listens must hear of this change before the next.
      if (row.diagnosis === null) queueMicrotask(() => this.#restore(row.id, seen));
      return;
    }
    this.#ends.set(row.id, { key, diagnosis: 'asking' });
    const sawAt = this.#seenAlive.has(row.id) ? Date.now() : null;
    void this.#examineQuietly(row, { how: 'ended', sawAt });
  }

  #restore(id: string, { diagnosis }: SeenEnd): void {
    if (diagnosis !== 'asking' && this.#row(id)?.state === 'exited') this.#commit(id, diagnosis);
  }

  /** Whether a verdict is possible at all; most rows that end are none of the doctor's business. */
  #hasFailed(row: Container): boolean {
    const ended = row.state === 'exited' || row.state === 'dead';
    if (!ended || row.exitCode === null || row.exitCode === 0) return false;
    return this.#isForeign(row) || this.#options.hostPlatform === 'darwin';
  }

  #isForeign({ arch }: Container): boolean {
    const { vm, store } = this.#options;
    if (arch === null || nativeArches(vm.arch).includes(arch)) return false;
    return store.state.handlers[handlerKey(vm.name, arch)]?.state !== 'native';
  }

  #lookAtRunning(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { signal, log } = this.#options;
    const running = this.#rows().filter(
      (row) => row.state === 'running' && !row.stale && this.#isForeign(row),
    );
    try {
      const findings = await this.#watch.look(
        running.map((row) => row.id),
        signal,
      );
      for (const finding of findings) {
        const row = this.#row(finding.container);
        if (!row || row.diagnosis !== null) continue;
        if (finding.kind === 'stuck') {
          this.#stuck.set(row.id, { startedAt: row.startedAt, signal: finding.signal });
          await this.#examineQuietly(row, { how: 'ended', sawAt: Date.now() });
        } else {
          await this.#examineQuietly(row, { how: 'silent', silence: finding });
        }
      }
    } catch (thrown) {
      if (!signal.aborted) log.debug({ err: thrown }, 'running containers could not be looked at');
    }
  }

  async #examineQuietly(row: Container, occasion: Occasion): Promise<Diagnosis | null> {
    const { signal, log } = this.#options;
    try {
      await sleep(settleMs, signal);
      return await this.#examine(row, occasion);
    } catch (thrown) {
      // Removed meanwhile, as with --rm, or the connection is going: a later change of its row asks again.
      this.#ends.delete(row.id);
      if (!signal.aborted) log.debug({ err: thrown, id: row.id }, 'a container could not be examined');
      return null;
    }
  }

  async #examine(row: Container, occasion: Occasion): Promise<Diagnosis | null> {
    const diagnosis = await this.#options.judge(await this.#gather(row, occasion));
    const end = this.#ends.get(row.id);
    if (end && occasion.how === 'ended') end.diagnosis = diagnosis;
    // Nothing known about one failed exec says nothing about the container itself.
    if (diagnosis !== null || occasion.how === 'ended') this.#commit(row.id, diagnosis);
    return diagnosis;
  }

  async #gather(row: Container, occasion: Occasion): Promise<FailureFacts> {
    const { vm, evidence, hostPlatform, signal } = this.#options;
    const container = await evidence.facts(row.id, signal);
    const [lines, handler] = await Promise.all([
      evidence.lastLines(container, signal),
      this.#handler(row.arch, occasion.sawAt ?? container.finishedAt),
    ]);
    const stuck = this.#stuck.get(row.id);
    const isStuck = stuck !== undefined && stuck.startedAt === row.startedAt;
    return {
      how: occasion.how,
      hostPlatform,
      vm,
      container,
      arch: row.arch,
      execution: row.execution,
      emulator: row.emulator,
      handler,
      execExitCode: occasion.execExitCode ?? null,
      stuckSignal: isStuck && [null, 137].includes(container.exitCode) ? stuck.signal : null,
      silence: occasion.silence ?? null,
      lines,
    };
  }

  async #handler(arch: Arch | null, at: number | null): Promise<HandlerFacts> {
    const { vm, link, history, store } = this.#options;
    if (arch === null) return rememberedHandler(undefined);
    const moment = at ?? Date.now();
    const record = history.at(vm.name, arch, moment) ?? store.state.handlers[handlerKey(vm.name, arch)];
    if (Math.abs(Date.now() - moment) > freshMs) return rememberedHandler(record);
    return await lookAtHandler(link, arch, record);
  }

  #commit(id: string, diagnosis: Diagnosis | null): void {
    const { store } = this.#options;
    const row = this.#row(id);
    if (!row || isDeepStrictEqual(row.diagnosis, diagnosis)) return;
    store.commit({ in: 'containers', key: id, value: { ...row, diagnosis } });
  }

  #row(id: string): Container | undefined {
    return this.#options.store.state.containers[id];
  }

  #rows(): Container[] {
    const { store, vm } = this.#options;
    return Object.values(store.state.containers).filter((row) => row.vm === vm.name);
  }
}

/** Why a container is examined. */
interface Occasion {
  readonly how: FailureFacts['how'];
  /** When its end was seen, epoch milliseconds; null when it is being asked about later. */
  readonly sawAt?: number | null;
  readonly execExitCode?: number;
  readonly silence?: { readonly silentMs: number; readonly busyShare: number };
}

/** Of this VM's containers, the one meant by an id, its beginning, or a name. Throws `unknown_container`. */
export function findContainer(rows: readonly Container[], vm: string, asked: string): Container {
  const own = rows.filter((row) => row.vm === vm);
  const found =
    own.find((row) => row.id === asked || row.name === asked) ??
    own.find((row) => asked.length >= 4 && row.id.startsWith(asked));
  if (found) return found;
  throw new EngineError({
    code: 'unknown_container',
    message: `There is no container "${asked}" in VM "${vm}".`,
    hint: 'foredeck ps lists them.',
  });
}
