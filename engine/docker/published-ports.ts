import type { PublishedPort } from '../../contract/records.ts';
import { toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { PortForward, PortForwards } from '../vm/ports.ts';
import type { GuestLoopbackPorts } from './guest-loopback-ports.ts';

/** A port as Docker published it in the guest. */
export interface WantedPort {
  readonly protocol: 'tcp' | 'udp';
  /** Address it listens on in the guest: `0.0.0.0` or empty for all, `127.0.0.1` for loopback only. */
  readonly guestAddress: string;
  readonly port: number;
  readonly containerPort: number;
}

/** Never more than this computer itself can reach, whatever `-p` said: isolation is the default. */
const hostAddress = '127.0.0.1';

/**
 * Keeps the host's forwards equal to what running containers publish. One for each running QEMU, so that it knows its
 * forwards across reconnects. Changes run one after another.
 */
export class PublishedPorts {
  readonly #forwards: PortForwards;
  readonly #log: Log;
  readonly #byContainer = new Map<string, Map<string, PortForward>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { forwards: PortForwards; log: Log }) {
    this.#forwards = options.forwards;
    this.#log = options.log;
  }

  /**
   * Makes `wanted` the published ports of `container` and says which are reachable; never rejects. `guestLoopback`
   * belongs to the connection in use.
   */
  set(
    container: string,
    wanted: readonly WantedPort[],
    guestLoopback: GuestLoopbackPorts,
  ): Promise<PublishedPort[]> {
    const change = this.#last.then(() => this.#change(container, wanted, guestLoopback));
    this.#last = change.catch(() => undefined);
    return change;
  }

  /** Drops the forwards of containers which are not in `running`. */
  async retain(running: ReadonlySet<string>, guestLoopback: GuestLoopbackPorts): Promise<void> {
    const gone = [...this.#byContainer.keys()].filter((container) => !running.has(container));
    await Promise.all(gone.map((container) => this.set(container, [], guestLoopback)));
  }

  async #change(
    container: string,
    wanted: readonly WantedPort[],
    guestLoopback: GuestLoopbackPorts,
  ): Promise<PublishedPort[]> {
    const held = this.#byContainer.get(container) ?? new Map<string, PortForward>();
    const keys = new Set(wanted.map(keyOf));
    for (const [key, forward] of held) {
      if (keys.has(key)) continue;
      held.delete(key);
      await this.#remove(forward);
    }
    const ports: PublishedPort[] = [];
    const loopbackProblem = guestLoopback.set(container, wanted.filter(onGuestLoopback));
    for (const want of wanted) {
      const problem =
        (await this.#hold(held, want)) ?? (onGuestLoopback(want) ? await loopbackProblem : null);
      const { port: hostPort, containerPort, protocol } = want;
      ports.push({ hostAddress, hostPort, containerPort, protocol, problem });
    }
    await loopbackProblem;
    if (held.size > 0) this.#byContainer.set(container, held);
    else this.#byContainer.delete(container);
    return ports;
  }

  /** Null when the port is reachable, otherwise why it is not. */
  async #hold(held: Map<string, PortForward>, want: WantedPort): Promise<string | null> {
    if (held.has(keyOf(want))) return null;
    const forward: PortForward = {
      protocol: want.protocol,
      hostAddress,
      hostPort: want.port,
      guestPort: want.port,
    };
    try {
      await this.#forwards.add(forward);
      held.set(keyOf(want), forward);
      return null;
    } catch (thrown) {
      const error = toEngineError(thrown);
      return error.hint === '' ? error.message : `${error.message} ${error.hint}`;
    }
  }

  async #remove(forward: PortForward): Promise<void> {
    try {
      await this.#forwards.remove(forward);
    } catch (thrown) {
      // The VM is going away, and its forwards with it.
      this.#log.debug({ error: thrown, forward }, 'a forward could not be removed');
    }
  }
}

function keyOf(port: WantedPort): string {
  return `${port.protocol}/${port.port}`;
}

function onGuestLoopback(port: WantedPort): boolean {
  return port.guestAddress.startsWith('127.');
}
