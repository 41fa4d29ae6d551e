import type { Settings, Vm, VmState } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { pathsUnder } from '../paths.ts';
import { createHypervisor } from '../qemu/hypervisor.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import type { ComposedImage, GuestConnector, GuestLink, GuestServices } from '../vm/ports.ts';
import { Vms } from '../vm/vms.ts';
import { emptyState } from './empty-state.ts';

const services = ['init', 'disks', 'network', 'sshd', 'containerd', 'dockerd'];
/** A guest that boots as it should, as far as its console tells. */
export const booting = `[    0.000000] Linux\n${services.map((stage) => `@foredeck stage=${stage}\n`).join('')}`;
/** The guest's side of SSH and Docker: all is well until it is told otherwise, and connections can be cut. */
export class GuestDouble implements GuestConnector, GuestServices {
  /** One for each time services were attached. */
  readonly scopes: Scope[] = [];
  /** What was run in the guest so far. */
  readonly commands: string[] = [];
  failing: EngineError | undefined;
  poweroff: () => void = () => undefined;
  #connection = new AbortController();

  async makeKeys() {
    return { clientPrivate: 'a', clientPublic: 'b', hostPrivate: 'c', hostPublic: 'd' };
  }

  async connect(): Promise<GuestLink> {
    const connection = new AbortController();
    this.#connection = connection;
    const absent = () =>
      Promise.reject(new EngineError({ code: 'ssh_failed', message: 'not in this guest' }));
    return {
      signal: connection.signal,
      exec: async (argv) => {
        const [program = ''] = argv;
        this.commands.push(argv.join(' '));
        if (program === 'poweroff') this.poweroff();
        return { code: ['poweroff', 'sh'].includes(program) ? 0 : 127, stdout: '', stderr: '' };
      },
      spawn: absent,
      openPty: absent,
      writeFile: absent,
      connectUnix: absent,
      carrier: () => {
        throw new Error('not in this guest');
      },
      close: async () => connection.abort(),
    };
  }

  async attach({ scope, stage }: Parameters<GuestServices['attach']>[0]): Promise<void> {
    this.scopes.push(scope);
    if (this.failing) throw this.failing;
    stage('docker');
    stage('emulators');
  }

  cutConnection(): void {
    this.#connection.abort();
  }
}

/** One engine's view of the VMs in a home. */
export class EngineDouble {
  readonly guest = new GuestDouble();
  readonly vms: Vms;
  readonly #store = new Store(emptyState());

  readonly image: ComposedImage;
  settings: Partial<Settings> = { accelerator: 'tcg', memoryMiB: 512, stopBy: 'shut-down' };

  constructor(home: string, image: ComposedImage, log: Log = silentLog) {
    this.image = image;
    const paths = pathsUnder(home);
    this.vms = new Vms({
      paths,
      store: this.#store,
      log,
      host: { arch: 'amd64', cores: 1, memoryBytes: 0 },
      settings: () => ({ ...this.#store.state.settings, ...this.settings }),
      hypervisor: createHypervisor({ log, verdictsPath: paths.accelerators }),
      images: { find: async () => image, ensure: async () => image, byId: async () => image },
      connector: this.guest,
      services: this.guest,
      secrets: () => Buffer.from('secrets'),
      jobs: new Jobs(this.#store),
      keepDiskSize: async (diskGiB) =>
        this.#store.commit({ in: 'settings', value: { ...this.#store.state.settings, diskGiB } }),
    });
    this.guest.poweroff = () => this.kill('SIGTERM');
  }

  get vm(): Vm {
    const vm = this.#store.state.vms.service;
    if (!vm) throw new Error('the service VM is not loaded');
    return vm;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.vm.pid !== null) process.kill(this.vm.pid, signal);
  }

  /** The VM's record as soon as `condition` holds. */
  async seen(condition: (vm: Vm) => boolean): Promise<Vm> {
    return await new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this.vm)) return;
        stopListening();
        resolve(this.vm);
      };
      const stopListening = this.#store.listen(look);
      look();
    });
  }

  async inState(state: VmState): Promise<Vm> {
    return await this.seen((vm) => vm.state === state);
  }
}
