import type { Vm } from '../contract/records.ts';
import type { Log } from './base/log.ts';
import { DockerEvidence } from './docker/container-evidence.ts';
import type { DockerAttachment, DockerServices } from './docker/docker-services.ts';
import { DockerFixRunner } from './docker/fix-runner.ts';
import type { DockerImages } from './docker/images/docker-images.ts';
import { runOnce } from './docker/run-once.ts';
import type { Doctor } from './emulation/doctor/doctor.ts';
import type { Handlers } from './emulation/handlers.ts';
import { FileEvents } from './file-events/file-events.ts';
import type { GuestNetwork } from './network/guest-network.ts';
import type { ProcessTrees } from './process-tree/process-trees.ts';
import type { SharedFolders } from './shares/shared-folders.ts';
import type { Store } from './state/store.ts';
import type { GuestServices } from './vm/ports.ts';

export interface ConnectedGuestsOptions {
  readonly store: Store;
  readonly sharedFolders: SharedFolders;
  readonly docker: DockerServices;
  readonly dockerImages: DockerImages;
  readonly handlers: Handlers;
  readonly trees: ProcessTrees;
  readonly doctor: Doctor;
  readonly network: GuestNetwork;
  /** Docker has removed something in a VM. */
  readonly onFreed: (vm: string) => void;
  readonly log: Log;
}

/** What every connected guest gets: process trees, wanted emulators, Docker on the host, a doctor for its containers. */
export class ConnectedGuests implements GuestServices {
  readonly #options: ConnectedGuestsOptions;
  readonly #docker = new Map<string, DockerAttachment>();

  constructor(options: ConnectedGuestsOptions) {
    this.#options = options;
  }

  async attach({ vm, link, machine, scope, stage }: Parameters<GuestServices['attach']>[0]): Promise<void> {
    const { docker, sharedFolders, dockerImages, doctor, handlers, network, store, trees, log } =
      this.#options;
    trees.attach(vm, link);
    sharedFolders.attach({ vm, link, machine, scope });
    // Ends with the connection. Folders are shared with the service VM alone.
    if (vm.kind === 'service') void new FileEvents({ store, link, log }).run();
    const reachingDocker = docker
      .attach({
        vm,
        link,
        machine,
        scope,
        probeExecution: (ids) => trees.probeExecution(vm.name, ids),
        // dockerd may die and come back while the VM runs on.
        onReachable: (ready) => this.#tell(vm.name, { ready }),
        onFreed: () => this.#options.onFreed(vm.name),
        onExecFailed: (container, exitCode) => doctor.execFailed(vm.name, container, exitCode),
      })
      .then((attachment) => {
        this.#tell(vm.name, { ready: true, version: attachment.version });
        scope.defer(() => this.#tell(vm.name, { ready: false }));
        stage('docker');
        return attachment;
      });
    const emulators = async (): Promise<void> => {
      const problems = await handlers.attach(vm, link, machine.bootedAt);
      // An emulator that could not be restored is told on its own row; the VM is up without it.
      for (const problem of problems) log.warn({ vm: vm.name }, problem);
      stage('emulators', problems.length > 0 ? problems.join(' ') : undefined);
    };
    // A guest that boots waits for its daemons anyway. One that was resumed has its emulators: Docker comes first, and
    // nobody waits for them to be proved again.
    const resumed = machine.bootedAt !== machine.spawnedAt;
    const restoring = resumed ? reachingDocker.then(emulators) : emulators();
    restoring.catch(() => undefined);
    const [attached] = await Promise.all([reachingDocker, resumed ? undefined : restoring]);
    // What a guest asks for names before, QEMU's relay answers.
    const networking = network.attach({ vm: vm.name, link, scope }).catch((thrown: unknown) => {
      if (!link.signal.aborted)
        log.warn({ vm: vm.name, err: thrown }, 'the network settings are not those of the guest');
    });
    scope.defer(() => networking);
    this.#docker.set(vm.name, attached);
    scope.defer(() => {
      if (this.#docker.get(vm.name) === attached) this.#docker.delete(vm.name);
    });
    const api = docker.connection(vm.name).docker;
    // Ends with the connection.
    void restoring.then(
      () => {
        attached.probeSoon();
        handlers.dockerReady(vm.name, link, (options) => runOnce(api, options));
      },
      (thrown: unknown) => {
        // With the connection everything fails, and nothing is wrong.
        if (!link.signal.aborted) log.warn({ vm: vm.name, err: thrown }, 'emulators were not restored');
      },
    );
    doctor.attach({
      vm,
      link,
      evidence: new DockerEvidence(api),
      runner: new DockerFixRunner({
        docker: api,
        pull: (image, arch) => dockerImages.pull({ vm: vm.name, image, arch }),
        log,
      }),
      scope,
    });
  }

  /** Looks again at how containers run, after handlers have been switched. */
  handlersSwitched(vm: string): void {
    this.#docker.get(vm)?.probeSoon();
  }

  #tell(name: string, docker: { ready: boolean; version?: string }): void {
    const { store } = this.#options;
    const vm = store.state.vms[name];
    if (!vm) return;
    const value: Vm = {
      ...vm,
      endpoints: { ...vm.endpoints, dockerReady: docker.ready },
      dockerVersion: docker.version ?? vm.dockerVersion,
    };
    store.commit({ in: 'vms', key: name, value });
  }
}
