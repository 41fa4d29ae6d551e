import { isDeepStrictEqual } from 'node:util';
import type Dockerode from 'dockerode';
import { type Network, networkKey } from '../../../contract/networks.ts';
import type { Change } from '../../../contract/state.ts';
import { type Volume, volumeKey } from '../../../contract/volumes.ts';
import type { Log } from '../../base/log.ts';
import { OnceAtATime } from '../../base/once-at-a-time.ts';
import { orAborted } from '../../base/time.ts';
import type { Store } from '../../state/store.ts';
import type { DockerEvent } from '../container-record.ts';
import type { EventAge, EventReader } from '../follow-events.ts';
import { NetworkList, networkRow, UserList, VolumeList, volumeRow } from './object-rows.ts';

/** `docker compose up` makes many events at once; one list tells what all of them did. */
const listDelayMs = 300;

/** A list names every container: where that takes the VM long, it is not asked for more than a tenth of the time. */
const pausePerListMs = 9;

/** Docker's events that change what a list says. */
const telling: Readonly<Record<string, readonly string[]>> = {
  volume: ['create', 'destroy'],
  network: ['create', 'destroy', 'remove', 'connect', 'disconnect'],
  container: ['create', 'destroy', 'rename'],
};

export interface ObjectWatcherOptions {
  readonly vm: { readonly name: string };
  readonly docker: Dockerode;
  readonly store: Store;
  readonly log: Log;
  /** Ends what is being asked. */
  readonly signal: AbortSignal;
}

/**
 * Keeps the rows of one VM's volumes and networks true, each with the containers that use it. Rows outlive a Docker that
 * cannot be reached, marked stale; only Docker's own word removes one.
 */
export class ObjectWatcher implements EventReader {
  readonly #options: ObjectWatcherOptions;
  readonly #listing = new OnceAtATime();
  #listTimer: NodeJS.Timeout | undefined;
  #lastListMs = 0;

  constructor(options: ObjectWatcherOptions) {
    this.#options = options;
  }

  async onConnected(signal: AbortSignal): Promise<void> {
    await this.refresh(signal);
  }

  onEvent(event: DockerEvent, { past }: EventAge): void {
    if (!past && telling[event.Type]?.includes(event.Action)) this.#listSoon();
  }

  /** Lists now. What happened before the call is in the rows when it resolves. */
  async refresh(signal: AbortSignal = this.#options.signal): Promise<void> {
    // A list under way may have been asked for too early.
    await orAborted(this.#listing.settled(), signal);
    await orAborted(this.#list(), signal);
  }

  onLost(): void {
    clearTimeout(this.#listTimer);
    this.#listTimer = undefined;
    this.#commit({
      volumes: this.volumes().map((row) => ({ ...row, stale: true })),
      networks: this.networks().map((row) => ({ ...row, stale: true })),
    });
  }

  volumes(): Volume[] {
    const { store, vm } = this.#options;
    return Object.values(store.state.volumes).filter((row) => row.vm === vm.name);
  }

  networks(): Network[] {
    const { store, vm } = this.#options;
    return Object.values(store.state.networks).filter((row) => row.vm === vm.name);
  }

  /** Sizes by volume, as Docker added them up now; volumes it could not add up are left out. */
  setSizes(bytes: ReadonlyMap<string, number>): void {
    const at = Date.now();
    const volumes = this.volumes().map((row): Volume => {
      const found = bytes.get(row.name);
      return { ...row, size: found === undefined ? null : { bytes: found, at } };
    });
    this.#commit({ volumes, networks: [] });
  }

  #listSoon(): void {
    const delayMs = Math.max(listDelayMs, this.#lastListMs * pausePerListMs);
    this.#listTimer ??= setTimeout(() => {
      this.#listTimer = undefined;
      this.refresh().catch((thrown: unknown) => {
        // The stream of events ends for the same reason; everything is listed again after it.
        this.#options.log.debug({ error: thrown }, 'volumes and networks could not be listed');
      });
    }, delayMs);
  }

  /** One list for whoever asks meanwhile: it goes on when one of them has gone, and ends with the connection. */
  #list(): Promise<void> {
    return this.#listing.run('list', async () => {
      const { docker, signal, vm, store } = this.#options;
      const startedAt = performance.now();
      const abortSignal = signal;
      const [volumes, networks, containers] = await Promise.all([
        docker.listVolumes({ abortSignal }).then((answer) => VolumeList.parse(answer).Volumes),
        docker.listNetworks({ abortSignal }).then((answer) => NetworkList.parse(answer)),
        docker.listContainers({ all: true, abortSignal }).then((answer) => UserList.parse(answer)),
      ]);
      this.#lastListMs = performance.now() - startedAt;
      signal.throwIfAborted();
      const known = (name: string): Volume | undefined => store.state.volumes[volumeKey(vm.name, name)];
      this.#commit(
        {
          volumes: volumes.map((facts) =>
            volumeRow({ vm: vm.name, facts, containers, known: known(facts.Name) }),
          ),
          networks: networks.map((facts) => networkRow({ vm: vm.name, facts, containers })),
        },
        {
          volumes: new Set(volumes.map(({ Name }) => Name)),
          networks: new Set(networks.map(({ Id }) => Id)),
        },
      );
    });
  }

  /** Tells only what has changed. `all`: what is not among these is gone. */
  #commit(
    rows: { volumes: readonly Volume[]; networks: readonly Network[] },
    all?: { volumes: ReadonlySet<string>; networks: ReadonlySet<string> },
  ): void {
    const { store } = this.#options;
    const changes: Change[] = [];
    for (const value of rows.volumes) {
      const key = volumeKey(value.vm, value.name);
      if (!isDeepStrictEqual(value, store.state.volumes[key])) changes.push({ in: 'volumes', key, value });
    }
    for (const value of rows.networks) {
      const key = networkKey(value.vm, value.id);
      if (!isDeepStrictEqual(value, store.state.networks[key])) changes.push({ in: 'networks', key, value });
    }
    for (const { vm, name } of this.volumes()) {
      if (all && !all.volumes.has(name))
        changes.push({ in: 'volumes', key: volumeKey(vm, name), value: null });
    }
    for (const { vm, id } of this.networks()) {
      if (all && !all.networks.has(id))
        changes.push({ in: 'networks', key: networkKey(vm, id), value: null });
    }
    store.commit(...changes);
  }
}
