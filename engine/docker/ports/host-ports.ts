import { isDeepStrictEqual } from 'node:util';
import type { OfContainer } from '../../../contract/container-actions.ts';
import type { PortKey, PublishedPort } from '../../../contract/published-ports.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import { probeBind } from '../../base/probe-bind.ts';
import type { Paths } from '../../paths.ts';
import type { PortApi } from '../../port-api.ts';
import type { Store } from '../../state/store.ts';
import type { GuestLink, Machine, VmRecord } from '../../vm/ports.ts';
import { findContainer } from '../find-container.ts';
import { GuestPortRules } from './guest-port-rules.ts';
import { ipv6Loopback } from './plan-ports.ts';
import { PortChoices } from './port-choices.ts';
import { findPortHolder } from './port-holder.ts';
import { type PortHost, unprivilegedPortStart } from './port-problem.ts';
import { PublishedPorts } from './published-ports.ts';

/** A program may take a port between its being found free and its being used. */
const pickTries = 5;

interface Running {
  readonly machine: Machine;
  readonly rules: GuestPortRules;
  readonly ports: PublishedPorts;
}

/** The published ports of every VM that runs, and what people choose about them. */
export class HostPorts implements PortApi {
  readonly #options: { readonly paths: Paths; readonly store: Store; readonly log: Log };
  readonly #running = new Map<string, Running>();
  readonly #choices = new Map<string, PortChoices>();
  readonly #host: PortHost;

  constructor(options: { paths: Paths; store: Store; log: Log; platform: string }) {
    this.#options = options;
    this.#host = {
      platform: options.platform,
      findHolder: (held) => findPortHolder(held, options.platform),
      firstFreeForAll: unprivilegedPortStart,
    };
  }

  /** Those of a running QEMU, for as long as it runs; the guest's rules go over `link` from now on. */
  async connect(vm: VmRecord, machine: Machine, link: GuestLink): Promise<PublishedPorts> {
    const known = this.#running.get(vm.name);
    const running = known?.machine === machine ? known : await this.#open(vm, machine);
    running.rules.connect(link);
    return running.ports;
  }

  async #open(vm: VmRecord, machine: Machine): Promise<Running> {
    const { store } = this.#options;
    const log = this.#options.log.child({ vm: vm.name });
    const choices = await this.#choicesOf(vm.name);
    const booted = !machine.adopted && machine.bootedAt === machine.spawnedAt;
    const rules = new GuestPortRules({ none: booted, log });
    const ports = new PublishedPorts({
      forwards: machine.forwards,
      rules,
      choices,
      share: () => store.state.settings.sharePorts,
      host: this.#host,
      onPorts: (container, published) => this.#tell(container, published),
      log,
    });
    const running = { machine, rules, ports };
    this.#running.set(vm.name, running);
    void machine.exited.then(() => this.#close(vm.name, machine));
    return running;
  }

  /** Containers which Docker has no more: what was chosen for them goes. */
  async forgetOthers(vm: string, existing: ReadonlySet<string>): Promise<void> {
    await (await this.#choicesOf(vm)).retain((container) => existing.has(container));
  }

  /** The setting has changed. */
  async sharingChanged(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ports }) => ports.check()));
  }

  async check(vm: string): Promise<void> {
    await this.#require(vm).ports.check();
  }

  async move(options: OfContainer & PortKey & { hostPort: number | null }): Promise<PublishedPort> {
    const { vm, hostPort } = options;
    const { id } = findContainer(this.#options.store.state.containers, options);
    const { ports } = this.#require(vm);
    const before = requirePort(ports.port(id, options), options);
    const choices = await this.#choicesOf(vm);
    const chosenBefore = choices.get(id, options) ?? null;
    for (let tries = hostPort === null ? pickTries : 1; ; tries -= 1) {
      await choices.set(id, options, hostPort ?? (await this.#freePort(before)));
      await ports.retry(id);
      const now = requirePort(ports.port(id, options), options);
      if (now.hostAddresses.length > 0) return now;
      if (tries > 1) continue;
      await choices.set(id, options, chosenBefore);
      await ports.retry(id);
      throw new EngineError({
        code: 'port_taken',
        message: now.problem?.message ?? `Port ${now.hostPort} does not answer.`,
        hint: 'Choose another one.',
      });
    }
  }

  async moveBack(options: OfContainer & PortKey): Promise<PublishedPort> {
    const { id } = findContainer(this.#options.store.state.containers, options);
    const { ports } = this.#require(options.vm);
    await (await this.#choicesOf(options.vm)).set(id, options, null);
    await ports.retry(id);
    return requirePort(ports.port(id, options), options);
  }

  /** Takes every relay down. Forwards stay with their QEMU, for the next engine. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map(([vm, { machine }]) => this.#close(vm, machine)));
  }

  async #close(vm: string, machine: Machine): Promise<void> {
    const running = this.#running.get(vm);
    if (running?.machine !== machine) return;
    this.#running.delete(vm);
    await running.ports.close();
  }

  #require(vm: string): Running {
    const running = this.#running.get(vm);
    if (running) return running;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${vm}" does not run, so none of its ports is published.`,
      hint: 'Start the VM first.',
    });
  }

  async #choicesOf(vm: string): Promise<PortChoices> {
    const { paths, log } = this.#options;
    const choices = this.#choices.get(vm) ?? new PortChoices({ path: paths.vm(vm).portChoices, log });
    this.#choices.set(vm, choices);
    await choices.load();
    return choices;
  }

  #tell(container: string, ports: PublishedPort[]): void {
    const { store } = this.#options;
    const row = store.state.containers[container];
    if (!row || isDeepStrictEqual(row.ports, ports)) return;
    store.commit({ in: 'containers', key: container, value: { ...row, ports } });
  }

  /** One which the kernel picks, free on each address on which this port shall answer. */
  async #freePort({ protocol, address }: PortKey): Promise<number> {
    const { sharePorts } = this.#options.store.state.settings;
    const first = address === '' ? (sharePorts ? '0.0.0.0' : '127.0.0.1') : address;
    for (let tries = pickTries; tries > 0; tries -= 1) {
      const free = await probeBind({ protocol, address: first, port: 0 });
      if (!('port' in free)) break;
      if (address !== '') return free.port;
      const both = await probeBind({ protocol, address: ipv6Loopback, port: free.port });
      // Without IPv6 there is nothing to be free on.
      if ('port' in both || both.errno !== 'EADDRINUSE') return free.port;
    }
    throw new EngineError({
      code: 'port_taken',
      message: `This computer has no free port for ${protocol} on ${first}.`,
      hint: 'Name one.',
    });
  }
}

function requirePort(port: PublishedPort | undefined, key: PortKey): PublishedPort {
  if (port) return port;
  throw new EngineError({
    code: 'wrong_state',
    message: `The container does not publish port ${key.port}/${key.protocol} at the moment.`,
    hint: 'Ports are published while it runs.',
  });
}
