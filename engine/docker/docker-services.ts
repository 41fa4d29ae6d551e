import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { orAborted } from '../base/time.ts';
import { dockerContextName, type Paths } from '../paths.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, Machine, VmRecord } from '../vm/ports.ts';
import { awaitDocker } from './await-docker.ts';
import { ContainerArches } from './container-arches.ts';
import { ContainerWatcher, type ProbeExecution } from './container-watcher.ts';
import type { DockerConnection } from './docker-connection.ts';
import type { DockerContext, DockerContexts } from './docker-contexts.ts';
import { DockerSocket } from './docker-socket.ts';
import { type EventPlace, type EventReader, followEvents } from './follow-events.ts';
import { followRefusals } from './follow-refusals.ts';
import { freesSpace } from './frees-space.ts';
import { ImagePlatforms } from './images/image-platforms.ts';
import { ImageWatcher } from './images/image-watcher.ts';
import { dockerActivity } from './objects/docker-activity.ts';
import { ObjectWatcher } from './objects/object-watcher.ts';
import type { HostPorts } from './ports/host-ports.ts';
import { removeHiddenLeftovers } from './remove-hidden-leftovers.ts';

/** Where dockerd listens in the guest. */
const guestDockerSocket = '/run/docker.sock';

export interface DockerAttachment {
  /** Docker's own version. */
  readonly version: string;
  /** Looks again at how containers run; call it when handlers have been switched. */
  probeSoon(): void;
}

/** Everything about Docker that runs while a VM is connected. */
export class DockerServices {
  readonly #options: {
    readonly paths: Paths;
    readonly store: Store;
    readonly contexts: DockerContexts;
    readonly ports: HostPorts;
    readonly activity: ActivityLog;
    readonly log: Log;
  };
  /** How far each VM's events were read: a connection that is made anew goes on there. */
  readonly #eventPlaces = new Map<string, EventPlace>();
  readonly #connections = new Map<string, DockerConnection>();

  constructor(options: {
    paths: Paths;
    store: Store;
    contexts: DockerContexts;
    ports: HostPorts;
    activity: ActivityLog;
    log: Log;
  }) {
    this.#options = options;
  }

  /**
   * Puts the Docker socket on the host and resolves when Docker answers on it and every container is listed. What it
   * makes belongs to `scope`, which should be one of the connection's.
   */
  async attach(options: {
    vm: VmRecord;
    link: GuestLink;
    machine: Machine;
    scope: Scope;
    probeExecution: ProbeExecution;
    /** Called when Docker begins to answer and when it stops; the last call is `false`. */
    onReachable?: (reachable: boolean) => void;
    /** Called when a program that was started in a running container failed. */
    onExecFailed?: (container: string, exitCode: number) => void;
    /** Called when something was removed that took space on the VM's disk. */
    onFreed?: () => void;
  }): Promise<DockerAttachment> {
    const { vm, link, machine, scope, probeExecution, onReachable, onExecFailed, onFreed } = options;
    const { paths, ports, store } = this.#options;
    const log = this.#options.log.child({ vm: vm.name });
    const signal = AbortSignal.any([scope.signal, link.signal]);
    const { dockerSocket: socketPath, carrier: folder } = paths.vm(vm.name);

    const carrier = link.carrier({ guestPath: guestDockerSocket, folder, log });
    scope.defer(() => carrier.close());
    const socket = await DockerSocket.open({ path: socketPath, connect: () => carrier.connect(), log });
    scope.defer(() => socket.close());

    const { docker, version } = await awaitDocker({ socketPath, signal });
    const watcher = new ContainerWatcher({
      vm,
      docker,
      store,
      arches: new ContainerArches(link),
      ports: await ports.connect(vm, machine, link),
      onListed: (containers) => void ports.forgetOthers(vm.name, containers),
      probeExecution,
      onReachable: onReachable ?? (() => undefined),
      ...(onExecFailed && { onExecFailed }),
      log,
    });

    // Nobody waits for it: DOCKER_HOST works already.
    const context = this.#putContext({ name: dockerContextName(vm.name), socketPath }, signal, log);
    scope.defer(() => context);

    const images = new ImageWatcher({
      vm,
      docker,
      store,
      link,
      platforms: new ImagePlatforms(link),
      log,
      signal,
    });
    const watchingImages = images.run();
    scope.defer(() => watchingImages);
    const objects = new ObjectWatcher({ vm, docker, store, log, signal });
    const freed: EventReader = {
      onEvent: (event, { past }) => !past && freesSpace(event) && onFreed?.(),
    };
    const readers = [watcher, images, objects, freed, this.#activityOf(vm)];
    const following = followEvents({ docker, readers, place: this.#placeOf(vm), log, signal });
    scope.defer(() => following);
    const refusals = followRefusals({
      link,
      onRefusal: (refusal) => this.#options.activity.add({ kind: 'refused-mount', vm: vm.name, ...refusal }),
      log,
      signal,
    });
    scope.defer(() => refusals);
    this.#connect({ vm, docker, link, images, objects, signal }, scope);

    await orAborted(watcher.listed, signal);
    // Not before: a key exchange takes an emulated guest a second, which whoever waits for Docker would wait longer.
    carrier.hasten();
    const tidying = removeHiddenLeftovers(docker, signal).catch((thrown: unknown) => {
      if (!signal.aborted) log.warn({ err: thrown }, 'containers of an earlier engine were not removed');
    });
    scope.defer(() => tidying);
    return { version, probeSoon: () => watcher.probeSoon() };
  }

  /** Docker in a VM. Throws `unknown_vm`, or `wrong_state` while it cannot be reached. */
  connection(vm: string): DockerConnection {
    const connection = this.#connections.get(vm);
    if (connection) return connection;
    const known = this.#options.store.state.vms[vm];
    if (!known) throw new EngineError({ code: 'unknown_vm', message: `There is no VM "${vm}".` });
    throw new EngineError({
      code: 'wrong_state',
      message: `Docker in VM "${vm}" cannot be reached: the VM is ${known.state}.`,
      hint: 'Start the VM first.',
    });
  }

  #placeOf(vm: VmRecord): EventPlace {
    const place = this.#eventPlaces.get(vm.name) ?? { nano: 0 };
    this.#eventPlaces.set(vm.name, place);
    return place;
  }

  #activityOf(vm: VmRecord): EventReader {
    return {
      onEvent: (event, { told }) => {
        const entry = told ? undefined : dockerActivity(event, vm.name);
        if (entry) this.#options.activity.add(entry);
      },
    };
  }

  #connect(connection: DockerConnection, scope: Scope): void {
    const { name } = connection.vm;
    this.#connections.set(name, connection);
    scope.defer(() => {
      if (this.#connections.get(name) === connection) this.#connections.delete(name);
    });
  }

  async #putContext(context: DockerContext, signal: AbortSignal, log: Log): Promise<void> {
    try {
      const problem = await this.#options.contexts.put(context, signal);
      if (problem !== null) log.warn(problem);
    } catch (thrown) {
      if (!signal.aborted) log.warn({ error: thrown }, 'the Docker context could not be written');
    }
  }

  /** After the VM has stopped: its context goes, its containers stay as the last thing known. */
  async vmStopped(vm: string, signal: AbortSignal): Promise<void> {
    await this.#options.contexts.remove(dockerContextName(vm), signal);
  }
}
