import { isDeepStrictEqual } from 'node:util';
import type Dockerode from 'dockerode';
import type { Arch } from '../../contract/arch.ts';
import type { Container, Execution } from '../../contract/records.ts';
import type { Change } from '../../contract/state.ts';
import type { Log } from '../base/log.ts';
import { mapConcurrent } from '../base/map-concurrent.ts';
import type { Store } from '../state/store.ts';
import type { ContainerArches } from './container-arches.ts';
import {
  changesRow,
  type DockerEvent,
  type DockerFacts,
  factsFrom,
  factsFromEvent,
} from './container-record.ts';
import type { EventAge, EventReader } from './follow-events.ts';
import { isHidden } from './hidden-containers.ts';
import { nothingPublished, publicationInList, publicationOf } from './ports/publication.ts';
import type { PublishedPorts } from './ports/published-ports.ts';

/** How the processes of running containers run, as seen in the guest's /proc. Containers unseen are left out. */
export type ProbeExecution = (
  containerIds: readonly string[],
) => Promise<ReadonlyMap<string, { execution: Execution; emulator: string | null; arch: Arch | null }>>;

/** A container's first processes need a moment to appear; several that start together share one probe. */
const probeDelayMs = 300;

/** Docker's status words count time ("Up 3 minutes"), and what an event or a command changed may have been missed. */
const compareIntervalMs = 60_000;

/** Enough to hide round trips; more would crowd a small guest. */
const inspectsAtOnce = 4;

export interface ContainerWatcherOptions {
  readonly vm: { readonly name: string; readonly arch: Arch };
  readonly docker: Dockerode;
  readonly store: Store;
  readonly arches: ContainerArches;
  readonly ports: PublishedPorts;
  /** Called with everything that Docker has, after each list. */
  readonly onListed?: (containers: ReadonlySet<string>) => void;
  readonly probeExecution: ProbeExecution;
  /** Called when Docker begins to answer and when it stops. */
  readonly onReachable: (reachable: boolean) => void;
  /** Called when a program that `docker exec` or a health check started ended with another code than 0. */
  readonly onExecFailed?: (container: string, exitCode: number) => void;
  readonly log: Log;
}

/**
 * Keeps the rows of one VM's containers true. An event shows at once as far as it tells, then Docker is asked. Rows
 * outlive a Docker that cannot be reached, marked stale; only Docker's own word removes one.
 */
export class ContainerWatcher implements EventReader {
  readonly #options: ContainerWatcherOptions;
  readonly #listed = Promise.withResolvers<void>();
  /** Containers being asked about; `again` when something happened meanwhile. */
  readonly #refreshing = new Map<string, 'once' | 'again'>();
  /** Destroyed while being asked about: an answer under way must not bring their rows back. */
  readonly #destroyed = new Set<string>();
  /** Whether Docker's events are being followed. */
  #live = false;
  #probeTimer: NodeJS.Timeout | undefined;
  #compareTimer: NodeJS.Timeout | undefined;
  #connection: AbortSignal | undefined;

  constructor(options: ContainerWatcherOptions) {
    this.#options = options;
  }

  /** Resolves after the first complete list. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  async onConnected(signal: AbortSignal): Promise<void> {
    this.#connection = signal;
    clearInterval(this.#compareTimer);
    this.#compareTimer = setInterval(() => void this.#compare(signal), compareIntervalMs).unref();
    this.#setLive(true);
    await this.#list(signal);
    this.#listed.resolve();
  }

  onEvent(event: DockerEvent, { past }: EventAge): void {
    // The list told already how that ended.
    if (past) return;
    if (event.Type === 'container') this.#onContainer(event);
    // The way to its published ports may lead through another network now.
    const { container } = event.Actor.Attributes;
    if (event.Type === 'network' && container && this.#row(container)?.state === 'running')
      this.#ask(container);
  }

  onLost(): void {
    clearInterval(this.#compareTimer);
    clearTimeout(this.#probeTimer);
    this.#probeTimer = undefined;
    this.#markStale();
  }

  /** Looks again at how running containers run, soon; call it when the set of handlers has changed. */
  probeSoon(): void {
    this.#probeTimer ??= setTimeout(() => {
      this.#probeTimer = undefined;
      void this.#probe();
    }, probeDelayMs);
  }

  #onContainer(event: DockerEvent): void {
    if (event.Action === 'exec_die') this.#onExecDied(event);
    if (!changesRow(event)) return;
    const { Attributes: attributes } = event.Actor;
    if (isHidden(attributes.name, attributes)) return;
    const id = event.Actor.ID;
    if (event.Action === 'destroy') {
      this.#remove(id);
      return;
    }
    const facts = factsFromEvent(event, this.#row(id));
    if (facts) this.#commit([this.#withKnown(facts)]);
    if (event.Action === 'start') this.probeSoon();
    this.#ask(id);
  }

  #ask(id: string): void {
    if (this.#connection) void this.#refresh(id, this.#connection);
  }

  #onExecDied({ Actor: { ID: id, Attributes: attributes } }: DockerEvent): void {
    const exitCode = Number(attributes.exitCode ?? 0);
    if (exitCode !== 0) this.#options.onExecFailed?.(id, exitCode);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { docker, arches } = this.#options;
    const all = await docker.listContainers({ all: true, abortSignal: signal });
    const rows = all.filter((row) => !isHidden(row.Names[0], row.Labels));
    const ids = new Set(rows.map((row) => row.Id));
    for (const known of this.#rows()) if (!ids.has(known.id)) this.#remove(known.id);
    const inspected = await mapConcurrent(rows, inspectsAtOnce, async (row) => {
      const details = await this.#inspect(row.Id, signal);
      return details && { facts: factsFrom(row, details), publication: publicationOf(details) };
    });
    const found = inspected.filter((entry) => entry !== undefined);
    this.#commit(found.map(({ facts }) => this.#withKnown(facts)));
    await arches.read([...ids]);
    this.#commit(this.#rows().map((row) => this.#withKnown(row)));
    const publications = found.map(({ facts, publication }) => [facts.id, publication] as const);
    await this.#options.ports.setAll(new Map(publications));
    this.#options.onListed?.(ids);
    if (found.some(({ facts }) => facts.state === 'running')) this.probeSoon();
  }

  /** Asks Docker about one container. Calls during a call make it ask once more, and no more. */
  async #refresh(id: string, signal: AbortSignal): Promise<void> {
    if (this.#refreshing.has(id)) {
      this.#refreshing.set(id, 'again');
      return;
    }
    try {
      do {
        this.#refreshing.set(id, 'once');
        await this.#refreshOnce(id, signal);
      } while (this.#refreshing.get(id) === 'again' && !signal.aborted);
    } catch (thrown) {
      // The stream of events ends for the same reason; everything is listed again after it.
      this.#options.log.debug({ error: thrown, id }, 'a container could not be asked about');
    } finally {
      this.#refreshing.delete(id);
      this.#destroyed.delete(id);
    }
  }

  async #refreshOnce(id: string, signal: AbortSignal): Promise<void> {
    const { docker, arches } = this.#options;
    const [details, [row]] = await Promise.all([
      this.#inspect(id, signal),
      docker.listContainers({ all: true, filters: { id: [id] }, abortSignal: signal }),
    ]);
    // Docker's list can lag behind its events; a later event, or the next list, tells.
    if (!details || !row || this.#destroyed.has(id) || isHidden(details.Name, details.Config.Labels)) return;
    const facts = factsFrom(row, details);
    this.#commit([this.#withKnown(facts)]);
    await Promise.all([this.#options.ports.set(id, publicationOf(details)), arches.read([id])]);
    const now = this.#row(id);
    if (now) this.#commit([this.#withKnown(now)]);
  }

  /** Undefined when it is gone. */
  async #inspect(id: string, signal: AbortSignal): Promise<Dockerode.ContainerInspectInfo | undefined> {
    try {
      return await this.#options.docker.getContainer(id).inspect({ abortSignal: signal });
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  }

  async #probe(): Promise<void> {
    const running = this.#rows().filter((row) => row.state === 'running' && !row.stale);
    if (running.length === 0) return;
    try {
      const seen = await this.#options.probeExecution(running.map((row) => row.id));
      const changed: Container[] = [];
      for (const [id, { arch, ...how }] of seen) {
        const now = this.#row(id);
        // What its image is for, where that is known: an init which Docker adds is of the VM's own architecture.
        if (now) changed.push({ ...now, ...how, arch: now.arch ?? arch });
      }
      this.#commit(changed);
    } catch (thrown) {
      this.#options.log.debug({ error: thrown }, 'how containers run could not be seen');
    }
  }

  /** Asks Docker for its list again while something runs, and QEMU in any case what it forwards. */
  async #compare(signal: AbortSignal): Promise<void> {
    const { docker, ports, log } = this.#options;
    if (!this.#live) return;
    await ports.check();
    if (!this.#rows().some((row) => row.state === 'running' && !row.stale)) return;
    try {
      const rows = await docker.listContainers({ all: true, abortSignal: signal });
      const changed = rows.flatMap(({ Id, Status }) => {
        const now = this.#row(Id);
        return now && !now.stale ? [{ ...now, status: Status }] : [];
      });
      this.#commit(changed);
      for (const row of rows) {
        const listed = publicationInList(row);
        const known = ports.publication(row.Id);
        const same = isDeepStrictEqual(listed.ports, known.ports);
        const moved = listed.ports.length > 0 && listed.containerAddress !== known.containerAddress;
        if (!same || moved) this.#ask(row.Id);
      }
    } catch (thrown) {
      log.debug({ error: thrown }, "Docker's list could not be compared");
    }
  }

  /** Docker's facts together with what is known from elsewhere. */
  #withKnown(facts: DockerFacts): Container {
    const { vm, arches } = this.#options;
    const known = this.#row(facts.id);
    const arch = arches.known(facts.id) ?? known?.arch ?? null;
    const execution = known?.execution ?? 'unknown';
    // A container that runs again has not failed (yet); one that runs on may have.
    const runsAgain = facts.state === 'running' && known?.state !== 'running' && known?.state !== 'paused';
    return {
      ...facts,
      vm: vm.name,
      arch,
      // Nothing stands between a program and a CPU of its own architecture; all else has to be seen.
      execution: execution === 'unknown' && arch === vm.arch ? 'native' : execution,
      emulator: known?.emulator ?? null,
      ports: known?.ports ?? [],
      diagnosis: runsAgain ? null : (known?.diagnosis ?? null),
      stale: !this.#live,
    };
  }

  #row(id: string): Container | undefined {
    return this.#options.store.state.containers[id];
  }

  #rows(): Container[] {
    const { store, vm } = this.#options;
    return Object.values(store.state.containers).filter((row) => row.vm === vm.name);
  }

  #remove(id: string): void {
    const { arches, ports, store } = this.#options;
    if (this.#refreshing.has(id)) this.#destroyed.add(id);
    arches.forget(id);
    void ports.set(id, nothingPublished);
    store.commit({ in: 'containers', key: id, value: null });
  }

  #markStale(): void {
    this.#setLive(false);
    this.#commit(this.#rows().map((row) => ({ ...row, stale: true })));
  }

  #setLive(live: boolean): void {
    if (this.#live === live) return;
    this.#live = live;
    this.#options.onReachable(live);
  }

  /** Tells only what has changed. */
  #commit(rows: readonly Container[]): void {
    const changes = rows
      .filter((row) => !isDeepStrictEqual(row, this.#row(row.id)))
      .map((row): Change => ({ in: 'containers', key: row.id, value: row }));
    this.#options.store.commit(...changes);
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof Error && 'statusCode' in thrown && thrown.statusCode === 404;
}
