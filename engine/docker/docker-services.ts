import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { orAborted } from '../base/time.ts';
import { dockerContextName, type Paths } from '../paths.ts';
import type { Store } from '../state/store.ts';
import type { GuestLink, Machine, VmRecord } from '../vm/ports.ts';
import { awaitDocker } from './await-docker.ts';
import { ContainerArches } from './container-arches.ts';
import { ContainerWatcher, type ProbeExecution } from './container-watcher.ts';
import type { DockerContext, DockerContexts } from './docker-contexts.ts';
import { DockerSocket } from './docker-socket.ts';
import { GuestLoopbackPorts } from './guest-loopback-ports.ts';
import { PublishedPorts } from './published-ports.ts';

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
    readonly log: Log;
  };
  /** Forwards live as long as their QEMU, over any number of connections. */
  readonly #ports = new WeakMap<Machine, PublishedPorts>();

  constructor(options: { paths: Paths; store: Store; contexts: DockerContexts; log: Log }) {
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
  }): Promise<DockerAttachment> {
    const { vm, link, machine, scope, probeExecution, onReachable } = options;
    const { paths, store } = this.#options;
    const log = this.#options.log.child({ vm: vm.name });
    const signal = AbortSignal.any([scope.signal, link.signal]);
    const socketPath = paths.vm(vm.name).dockerSocket;

    const socket = await DockerSocket.open({ path: socketPath, link, log });
    scope.defer(() => socket.close());

    const { docker, version } = await awaitDocker({ socketPath, signal });
    const watcher = new ContainerWatcher({
      vm,
      docker,
      store,
      arches: new ContainerArches(link),
      ports: this.#portsOf(machine),
      guestLoopback: new GuestLoopbackPorts({ link, log }),
      probeExecution,
      onReachable: onReachable ?? (() => undefined),
      log,
    });
    const watching = watcher.run(signal);
    scope.defer(() => watching);

    // Nobody waits for it: DOCKER_HOST works already.
    const context = this.#putContext({ name: dockerContextName(vm.name), socketPath }, signal, log);
    scope.defer(() => context);

    await orAborted(watcher.listed, signal);
    return { version, probeSoon: () => watcher.probeSoon() };
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

  #portsOf(machine: Machine): PublishedPorts {
    const known = this.#ports.get(machine);
    if (known) return known;
    const made = new PublishedPorts({ forwards: machine.forwards, log: this.#options.log });
    this.#ports.set(machine, made);
    return made;
  }
}
