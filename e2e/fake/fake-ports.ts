import type { OfContainer } from '../../contract/container-actions.ts';
import type { PortKey, PublishedPort } from '../../contract/published-ports.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { PortApi } from '../../engine/port-api.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';

/** What the kernel of the fake host picks. */
const freePort = 49_213;

/** Published ports that move where they are told to, and work there. */
export class FakePorts implements PortApi {
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async move(options: OfContainer & PortKey & { hostPort: number | null }): Promise<PublishedPort> {
    const { container, port, protocol, hostPort } = options;
    await this.#script.carryOut('movePort', container, `${port}/${protocol}`, String(hostPort));
    const hostAddresses = ['127.0.0.1', '::1'];
    return this.#change(options, { hostPort: hostPort ?? freePort, hostAddresses, problem: null });
  }

  async moveBack(options: OfContainer & PortKey): Promise<PublishedPort> {
    await this.#script.carryOut('movePortBack', options.container, `${options.port}/${options.protocol}`);
    return this.#change(options, { hostPort: options.port });
  }

  async check(vm: string): Promise<void> {
    await this.#script.carryOut('checkPorts', vm);
  }

  #change({ container, ...key }: OfContainer & PortKey, change: Partial<PublishedPort>): PublishedPort {
    const row = this.#store.state.containers[container];
    const before = row?.ports.find(
      ({ protocol, address, port }) =>
        protocol === key.protocol && address === key.address && port === key.port,
    );
    if (!row || !before) throw new EngineError({ code: 'wrong_state', message: 'It is not published.' });
    const changed = { ...before, ...change };
    const ports = row.ports.map((port) => (port === before ? changed : port));
    this.#store.commit({ in: 'containers', key: container, value: { ...row, ports } });
    return changed;
  }
}
