import { isDeepStrictEqual } from 'node:util';
import type { PortKey, PortProblem, PublishedPort } from '../../../contract/published-ports.ts';
import { toEngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import type { PortForward, PortForwards } from '../../vm/ports.ts';
import type { GuestPortRules } from './guest-port-rules.ts';
import { ipv6Loopback, type PlannedPort, planPorts } from './plan-ports.ts';
import type { PortChoices } from './port-choices.ts';
import { explainFailedBind, type PortHost } from './port-problem.ts';
import { nothingPublished, type Publication } from './publication.ts';
import { Relays, relayKey, type WantedRelay } from './relays.ts';

export interface PublishedPortsOptions {
  readonly forwards: PortForwards;
  readonly rules: GuestPortRules;
  readonly choices: PortChoices;
  /** Whether ports published on all addresses answer on all of the host's. */
  readonly share: () => boolean;
  readonly host: PortHost;
  /** Told a container's ports whenever they change. */
  readonly onPorts: (container: string, ports: PublishedPort[]) => void;
  readonly log: Log;
}

/** What a round of work is for; rounds that wait are joined into one. */
interface Round {
  /** Containers whose failures are tried again; null: all of them. */
  readonly retry: ReadonlySet<string> | null;
}

/**
 * Keeps the host equal to what running containers publish. One for each running QEMU, so that it outlives connections.
 * Each round asks QEMU what it forwards and changes what differs, so whatever was lost comes back and whatever is too
 * much goes; what failed is told and tried again by `check`. Rounds run one after another and never reject.
 */
export class PublishedPorts {
  readonly #options: PublishedPortsOptions;
  readonly #relays = new Relays(ipv6Loopback);
  readonly #publications = new Map<string, Publication>();
  /** What QEMU could not listen on, and what a relay could not, by `plannedKey`. */
  readonly #failures = new Map<string, PortProblem>();
  readonly #relayFailures = new Map<string, PortProblem>();
  /** Forwards which this made: others may be an earlier engine's until Docker has told everything. */
  #made: PortForward[] = [];
  readonly #told = new Map<string, PublishedPort[]>();
  #ruleProblem: string | null = null;
  /** Docker has told everything that runs: whatever else QEMU forwards is a leftover. */
  #complete = false;
  #closed = false;
  #waiting: Round | null = null;
  #rounds: Promise<void> = Promise.resolve();

  constructor(options: PublishedPortsOptions) {
    this.#options = options;
  }

  /** Makes that the ports of `container`; resolves when they are as good as they get. */
  set(container: string, publication: Publication): Promise<void> {
    if (publication.ports.length === 0 && !this.#publications.has(container)) return this.#rounds;
    if (publication.ports.length === 0) this.#publications.delete(container);
    else this.#publications.set(container, publication);
    return this.#round({ retry: new Set([container]) });
  }

  /** The same for everything that Docker has: what is not in it publishes nothing. */
  async setAll(publications: ReadonlyMap<string, Publication>): Promise<void> {
    for (const container of this.#publications.keys()) {
      if (!publications.has(container)) this.#publications.delete(container);
    }
    for (const [container, publication] of publications) {
      if (publication.ports.length > 0) this.#publications.set(container, publication);
      else this.#publications.delete(container);
      // Its row may be from an earlier run of the VM.
      if (publication.ports.length === 0 && !this.#told.has(container)) this.#options.onPorts(container, []);
    }
    this.#complete = true;
    this.#made = [];
    await this.check();
  }

  /** What was last told to be published. */
  publication(container: string): Publication {
    return this.#publications.get(container) ?? nothingPublished;
  }

  /** Compares everything with QEMU and the guest, and tries again what failed. */
  check(): Promise<void> {
    this.#options.rules.doubt();
    return this.#round({ retry: null });
  }

  /** Tries what failed of one container again, by what was chosen meanwhile. */
  retry(container: string): Promise<void> {
    return this.#round({ retry: new Set([container]) });
  }

  /** As it was last told. */
  port(container: string, key: PortKey): PublishedPort | undefined {
    return this.#told
      .get(container)
      ?.find(
        ({ protocol, address, port }) =>
          protocol === key.protocol && address === key.address && port === key.port,
      );
  }

  /** Takes the relays down; QEMU's forwards end with it, or wait for the next engine. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#rounds;
    await this.#relays.close();
  }

  #round(round: Round): Promise<void> {
    if (this.#waiting) {
      const { retry } = this.#waiting;
      this.#waiting = { retry: retry && round.retry && new Set([...retry, ...round.retry]) };
      return this.#rounds;
    }
    this.#waiting = round;
    this.#rounds = this.#rounds.then(async () => {
      const now = this.#waiting ?? round;
      this.#waiting = null;
      if (this.#closed) return;
      try {
        await this.#reconcile(now);
      } catch (thrown) {
        // QEMU is on its way out, and its forwards with it.
        this.#options.log.debug({ error: thrown }, 'published ports could not be compared with QEMU');
      }
    });
    return this.#rounds;
  }

  async #reconcile({ retry }: Round): Promise<void> {
    const { choices, share } = this.#options;
    const plan = planPorts({
      publications: this.#publications,
      share: share(),
      chosen: (container, key) => choices.get(container, key),
    });
    const keys = new Set(plan.map(plannedKey));
    for (const failures of [this.#failures, this.#relayFailures]) {
      for (const key of failures.keys()) if (!keys.has(key)) failures.delete(key);
    }
    const again = ({ container }: PlannedPort): boolean => retry === null || retry.has(container);
    await this.#forward(plan, again);
    await this.#relay(plan, again);
    await this.#writeRules(plan);
    this.#tell(plan);
  }

  /** Afterwards QEMU forwards what is planned and nothing else, but for failures. */
  async #forward(plan: readonly PlannedPort[], again: (planned: PlannedPort) => boolean): Promise<void> {
    const { forwards } = this.#options;
    const actual = await forwards.list();
    for (const forward of actual) {
      if (plan.some((planned) => planned.forward && isSame(planned.forward, forward))) continue;
      if (this.#complete || this.#made.some((made) => isSame(made, forward))) await forwards.remove(forward);
    }
    for (const planned of plan) {
      const { forward } = planned;
      if (!forward) continue;
      const key = plannedKey(planned);
      if (actual.some((standing) => isSame(forward, standing))) this.#failures.delete(key);
      else if (again(planned) || !this.#failures.has(key)) await this.#add(forward, key);
    }
  }

  async #add(forward: PortForward, key: string): Promise<void> {
    try {
      await this.#options.forwards.add(forward);
      if (!this.#complete) this.#made.push(forward);
      this.#failures.delete(key);
    } catch (thrown) {
      this.#failures.set(key, await this.#explain(forward, thrown));
    }
  }

  /** Relays stand where the forward behind them does: anything else would be another program. */
  async #relay(plan: readonly PlannedPort[], again: (planned: PlannedPort) => boolean): Promise<void> {
    const relayed = plan.filter((planned) => planned.relay && !this.#failures.has(plannedKey(planned)));
    const picked = relayed.some(({ forward }) => forward?.hostPort === 0);
    const standing = picked ? await this.#options.forwards.list() : [];
    const wanted = relayed.flatMap(({ forward, hostPort: port, wanted: { protocol } }): WantedRelay[] => {
      const targetPort =
        forward?.hostPort === 0
          ? standing.find((candidate) => isSame(forward, candidate))?.hostPort
          : forward?.hostPort;
      return targetPort === undefined ? [] : [{ protocol, port, targetPort }];
    });
    const untried = relayed.filter(
      (planned) => !again(planned) && this.#relayFailures.has(plannedKey(planned)),
    );
    const failed = await this.#relays.set(wanted, new Set(untried.map(relayKeyOf)));
    for (const planned of relayed) {
      const errno = failed.get(relayKeyOf(planned));
      const key = plannedKey(planned);
      if (errno !== undefined) {
        const {
          wanted: { protocol },
          hostPort: port,
        } = planned;
        const place = { protocol, address: ipv6Loopback, port, errno };
        this.#relayFailures.set(key, await explainFailedBind(place, this.#options.host));
      } else if (!untried.includes(planned)) this.#relayFailures.delete(key);
    }
  }

  async #writeRules(plan: readonly PlannedPort[]): Promise<void> {
    const rules = plan.flatMap(({ rule }) => (rule ? [rule] : []));
    const writing = this.#options.rules.set(rules);
    // Nobody waits for leftovers to go.
    this.#ruleProblem = rules.length > 0 ? await writing : null;
  }

  #tell(plan: readonly PlannedPort[]): void {
    const byContainer = new Map<string, PublishedPort[]>();
    for (const planned of plan) {
      const ports = byContainer.get(planned.container);
      const port = this.#result(planned);
      if (ports) ports.push(port);
      else byContainer.set(planned.container, [port]);
    }
    for (const container of new Set([...this.#told.keys(), ...byContainer.keys()])) {
      const ports = byContainer.get(container) ?? [];
      if (isDeepStrictEqual(ports, this.#told.get(container))) continue;
      if (ports.length > 0) this.#told.set(container, ports);
      else this.#told.delete(container);
      this.#options.onPorts(container, ports);
    }
  }

  #result(planned: PlannedPort): PublishedPort {
    const { wanted, hostPort, forward, relay, rule } = planned;
    const { protocol, address, port, containerPort } = wanted;
    const base = { protocol, address, port, containerPort, hostPort };
    if (!forward) return { ...base, hostAddresses: [], problem: unsupported(wanted) };
    const needsRule = address !== '';
    if (needsRule && (rule === null || this.#ruleProblem !== null)) {
      return { ...base, hostAddresses: [], problem: noWayInside(wanted) };
    }
    const failure = this.#failures.get(plannedKey(planned));
    if (failure) return { ...base, hostAddresses: [], problem: failure };
    const relayFailure = relay ? (this.#relayFailures.get(plannedKey(planned)) ?? null) : null;
    const onIpv4 = forward.hostPort === 0 ? [] : [forward.hostAddress];
    const onIpv6 = relay && relayFailure === null ? [ipv6Loopback] : [];
    // A computer without IPv6 lacks nothing where all addresses are meant.
    const lacking = relayFailure?.reason === 'no-address' && address === '' ? null : relayFailure;
    return { ...base, hostAddresses: [...onIpv4, ...onIpv6], problem: lacking };
  }

  async #explain(forward: PortForward, thrown: unknown): Promise<PortProblem> {
    const error = toEngineError(thrown);
    const { errno } = error.details;
    if (errno === undefined) return { reason: 'failed', message: error.message, holder: null, command: null };
    const { protocol, hostAddress: address, hostPort: port } = forward;
    return await explainFailedBind({ protocol, address, port, errno }, this.#options.host);
  }
}

function noWayInside({ address, port }: PortKey): PortProblem {
  const message = `Port ${port} on ${address} does not answer: the VM does not let this computer through to it. Publish it without an address.`;
  return { reason: 'guest', message, holder: null, command: null };
}

function unsupported({ address, port }: PortKey): PortProblem {
  const message = `Port ${port} on ${address} does not answer: of IPv6 addresses only [::1] can be published. Publish it without an address, or on [::1].`;
  return { reason: 'unsupported', message, holder: null, command: null };
}

/** A wanted one and one that stands: whatever port the kernel picked is right where none was asked for. */
function isSame(wanted: PortForward, standing: PortForward): boolean {
  return (
    wanted.protocol === standing.protocol &&
    wanted.hostAddress === standing.hostAddress &&
    wanted.guestPort === standing.guestPort &&
    (wanted.hostPort === 0 || wanted.hostPort === standing.hostPort)
  );
}

function plannedKey({ container, wanted, hostPort, forward }: PlannedPort): string {
  const { protocol, address, port } = wanted;
  return `${container} ${protocol} ${address}:${port} ${forward?.hostAddress}:${hostPort}`;
}

function relayKeyOf({ wanted: { protocol }, hostPort: port }: PlannedPort): string {
  return relayKey({ protocol, port });
}
