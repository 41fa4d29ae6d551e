import { type EngineError, toEngineError } from '../base/engine-error.ts';
import { Publisher } from '../base/publisher.ts';
import { Scope } from '../base/scope.ts';
import { orAborted, sleep } from '../base/time.ts';
import type { BootTimeline } from './boot-timeline.ts';
import type { GuestConnector, GuestLink, GuestServices, Machine, VmKeys, VmRecord } from './ports.ts';
import { setGuestClock } from './set-guest-clock.ts';
import { sessionLost } from './vm-errors.ts';

/** Between attempts while a guest boots: its sshd is expected any moment. */
const bootRetryMs = 300;

/** Between attempts to get a lost connection back. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;

export interface GuestSessionOptions {
  readonly vm: VmRecord;
  readonly machine: Machine;
  readonly keys: VmKeys;
  readonly connector: GuestConnector;
  readonly services: GuestServices;
  readonly timeline: BootTimeline;
  /** Owns the session; its closing ends the connection and what stands on it. */
  readonly scope: Scope;
  readonly onStage: () => void;
  /** Each change: null when connection and services are up, else what is wrong. */
  readonly onChange: (problem: EngineError | null) => void;
}

/** The connection into one running guest and the services on it, brought back whenever they break. */
export class GuestSession {
  readonly #options: GuestSessionOptions;
  readonly #outcomes = new Publisher<EngineError | null>();
  #link: GuestLink | null = null;
  #connection: Scope | undefined;
  #problem: EngineError | null = null;
  #wake: (() => void) | undefined;
  #retired = false;
  /** Its guest may have stood still since its clock was right. */
  #late: boolean;

  constructor(options: GuestSessionOptions) {
    this.#options = options;
    const { adopted, bootedAt, spawnedAt } = options.machine;
    this.#late = adopted || bootedAt !== spawnedAt;
    options.scope.defer(() => this.#disconnect());
  }

  /** The connection, while there is one. */
  get link(): GuestLink | null {
    return this.#link?.signal.aborted ? null : this.#link;
  }

  /** First connection of a boot: asks again and again until sshd answers, then brings the services up. */
  async open(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.#connect(signal);
        break;
      } catch (thrown) {
        signal.throwIfAborted();
        this.#options.timeline.note('ssh', toEngineError(thrown).message);
        await sleep(bootRetryMs, signal);
      }
    }
    await this.#attach(signal);
  }

  /**
   * Keeps the session up in the background until the scope closes: waits for the connection's end, then reconnects with
   * growing pauses. Without a connection, or with `problem`, it begins with reconnecting.
   */
  keep(problem: EngineError | null = null): void {
    // Its own failures are outcomes; only the closing of the scope ends it.
    void this.#keep(problem).catch(() => undefined);
  }

  /** Tries now instead of after the pause; resolves when the session is up, rejects when the attempt fails. */
  async retry(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stopListening = this.#outcomes.listen((problem) => (problem ? reject(problem) : resolve()));
    try {
      this.#wake?.();
      await orAborted(promise, signal);
    } finally {
      stopListening();
    }
  }

  /** Lets the connection be, but does not bring it back any more: the guest is asked to go down. */
  retire(): void {
    this.#retired = true;
  }

  async #keep(initial: EngineError | null): Promise<void> {
    const { scope, vm } = this.#options;
    let failures = initial ? 1 : 0;
    let attemptMs = 0;
    if (initial) this.#tell(initial);
    while (!this.#over) {
      if (this.link && !this.#problem) {
        await aborted(this.link.signal, scope.signal);
        if (this.#over) return;
        this.#tell(sessionLost(vm.name));
      }
      if (failures > 0) await this.#pause(failures, attemptMs);
      const begun = performance.now();
      const problem = await this.#attempt();
      attemptMs = performance.now() - begun;
      if (this.#over) return;
      failures = problem ? failures + 1 : 0;
      this.#tell(problem);
    }
  }

  get #over(): boolean {
    return this.#retired || this.#options.scope.closed;
  }

  async #attempt(): Promise<EngineError | null> {
    const { signal } = this.#options.scope;
    try {
      await this.#disconnect();
      await this.#connect(signal);
      await this.#attach(signal);
      return null;
    } catch (thrown) {
      return toEngineError(thrown);
    }
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { connector, machine, keys, scope } = this.#options;
    const link = await connector.connect({
      port: machine.sshPort,
      keys,
      signal,
    });
    const connection = new Scope(`${scope.name}/connection`);
    connection.defer(() => link.close());
    if (scope.closed) {
      await connection.close();
      throw sessionLost(this.#options.vm.name);
    }
    this.#link = link;
    this.#connection = connection;
    this.#options.timeline.reach('ssh');
    this.#options.onStage();
  }

  /** Services stand in the connection's scope, so that they end with it and are made anew on the next one. */
  async #attach(signal: AbortSignal): Promise<void> {
    const { services, vm, machine, timeline, onStage } = this.#options;
    const link = this.#link;
    const connection = this.#connection;
    if (!link || !connection) throw sessionLost(vm.name);
    const attached = services.attach({
      vm,
      link,
      machine,
      scope: connection,
      stage: (id, problem) => {
        timeline.reach(id);
        if (problem !== undefined) timeline.note(id, problem);
        onStage();
      },
    });
    const clock = this.#late ? setGuestClock(link) : undefined;
    this.#late = true;
    await orAborted(Promise.all([attached, clock]), AbortSignal.any([signal, link.signal]));
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#link = null;
    await connection?.close();
  }

  #tell(problem: EngineError | null): void {
    this.#problem = problem;
    this.#options.onChange(problem);
    this.#outcomes.publish(problem);
  }

  /**
   * Ends early when somebody asks for a retry. What the attempt took counts: one that got no answer at all, from a guest
   * that stands still, was a pause itself, and the next one is answered at the moment at which that guest goes on.
   */
  async #pause(failures: number, attemptMs: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const { signal } = this.#options.scope;
    try {
      const ms = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (failures - 1));
      await sleep(Math.max(0, ms - attemptMs), AbortSignal.any([signal, woken.signal]));
    } catch {
      signal.throwIfAborted();
    } finally {
      this.#wake = undefined;
    }
  }
}

/** Resolves when one of the signals aborts. */
async function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (any.aborted) return;
  await new Promise<void>((resolve) => any.addEventListener('abort', () => resolve(), { once: true }));
}
