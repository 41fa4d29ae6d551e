import { toEngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import type { GuestLink } from '../../vm/ports.ts';
import type { GuestRule } from './plan-ports.ts';

/**
 * Leads what arrives from the host to containers whose ports are published on an address of their own, such as
 * `-p 127.0.0.1:8080:80`: Docker's own rules want that address, and QEMU delivers to the guest's. A table of ours before
 * Docker's (nft(8): dstnat), on the interface towards the host alone: containers get no way by it.
 */
export class GuestPortRules {
  readonly #log: Log;
  /** The connection in use; null: there is none, and the guest keeps the rules it has. */
  #link: GuestLink | null = null;
  /** What the guest has, as text; null: nobody knows. */
  #written: string | null;
  #last: Promise<unknown> = Promise.resolve();

  /** `none`: this guest has just booted, so that it has no rules yet. */
  constructor(options: { none: boolean; log: Log }) {
    this.#written = options.none ? '' : null;
    this.#log = options.log;
  }

  /** Writes over this connection until it is gone. */
  connect(link: GuestLink): void {
    this.#link = link;
    const release = (): void => {
      if (this.#link === link) this.#link = null;
    };
    link.signal.addEventListener('abort', release, { once: true });
  }

  /** Something may have changed them: the next `set` writes, unless there never was a rule. */
  doubt(): void {
    if (this.#written !== '') this.#written = null;
  }

  /** Null when they stand, otherwise why not; never rejects. */
  set(rules: readonly GuestRule[]): Promise<string | null> {
    const wanted = rules.map(ruleText).sort().join('\n');
    const writing = this.#last.then(() => this.#write(wanted));
    this.#last = writing;
    return writing;
  }

  async #write(wanted: string): Promise<string | null> {
    const link = this.#link;
    if (wanted === this.#written || !link) return null;
    const problem = await apply(link, wanted);
    this.#written = problem === null ? wanted : null;
    if (problem !== null && !link.signal.aborted) {
      this.#log.warn({ problem }, 'the rules for published ports were not written');
    }
    return problem;
  }
}

async function apply(link: GuestLink, rules: string): Promise<string | null> {
  try {
    const result = await link.exec(['sh', '-c', applyRules], { input: table(rules) });
    return result.code === 0 ? null : result.stderr;
  } catch (thrown) {
    return toEngineError(thrown).message;
  }
}

/** Built from parsed numbers and addresses only. */
function ruleText({ protocol, guestPort, containerAddress, containerPort }: GuestRule): string {
  return `    iifname "eth0" ${protocol} dport ${guestPort} dnat to ${containerAddress}:${containerPort}`;
}

/** All at once: the table is made where there is none, then replaced. */
function table(rules: string): string {
  const name = 'table ip foredeck_ports';
  const chain = `  chain prerouting {\n    type nat hook prerouting priority -101; policy accept;\n${rules}\n  }`;
  return `${name} {}\ndelete ${name}\n${rules === '' ? '' : `${name} {\n${chain}\n}\n`}`;
}

/**
 * Docker lets in what its own rules have led to a container, and its proxy for `[::1]` has none: whatever was led on from
 * the host's interface passes.
 */
const applyRules = `
nft -f - &&
{ iptables -w -C FORWARD -i eth0 -m conntrack --ctstate DNAT -j ACCEPT 2>/dev/null ||
  iptables -w -I FORWARD -i eth0 -m conntrack --ctstate DNAT -j ACCEPT; }
`;
