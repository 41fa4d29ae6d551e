import { isIPv4 } from 'node:net';
import { toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { GuestLink } from '../vm/ports.ts';
import type { WantedPort } from './published-ports.ts';

/** The host, as QEMU's user network shows it to the guest (QEMU documentation, "Using the user mode network stack"). */
const hostInGuest = '10.0.2.2';

/**
 * Lets the host reach what is published on the guest's own loopback (`-p 127.0.0.1:8080:80`): QEMU delivers to the
 * guest's network address, so a NAT chain of ours sends those packets on to 127.0.0.1. Only the host's packets, and
 * only on the interface towards the host: containers get no way to the guest's loopback.
 */
export class GuestLoopbackPorts {
  readonly #link: GuestLink;
  readonly #log: Log;
  readonly #byContainer = new Map<string, readonly WantedPort[]>();
  /** The rules in the guest, as text. */
  #written = '';

  constructor(options: { link: GuestLink; log: Log }) {
    this.#link = options.link;
    this.#log = options.log;
  }

  /** Null when the host's packets get there, otherwise why they do not. */
  async set(container: string, ports: readonly WantedPort[]): Promise<string | null> {
    if (ports.length > 0) this.#byContainer.set(container, ports);
    else this.#byContainer.delete(container);
    const rules = [...this.#byContainer.values()].flat().map(rule).sort().join('\n');
    if (rules === this.#written) return null;
    const problem = await this.#apply(rules);
    if (problem === null) {
      this.#written = rules;
      return null;
    }
    this.#log.warn({ problem }, 'no way to ports published on the guest loopback');
    return "It is published on the VM's own 127.0.0.1, and the VM does not let the host through. Publish it without an address.";
  }

  async #apply(rules: string): Promise<string | null> {
    try {
      const result = await this.#link.exec(['sh', '-c', applyRules], { input: chain(rules) });
      return result.code === 0 ? null : result.stderr;
    } catch (thrown) {
      return toEngineError(thrown).message;
    }
  }
}

/** Built from parsed numbers and addresses only. */
function rule({ protocol, guestAddress, port }: WantedPort): string {
  const address = isIPv4(guestAddress) ? guestAddress : '127.0.0.1';
  return `-A FOREDECK -s ${hostInGuest}/32 -p ${protocol} --dport ${port} -j DNAT --to-destination ${address}:${port}`;
}

/** For iptables-restore --noflush: naming the chain empties it, and nothing else is touched. */
function chain(rules: string): string {
  return `*nat\n:FOREDECK - [0:0]\n${rules}${rules === '' ? '' : '\n'}COMMIT\n`;
}

/** The kernel drops packets for 127.0.0.0/8 that come from outside unless `route_localnet` is set (ip-sysctl.rst). */
const applyRules = `
device=$(ip -o -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
echo 1 > "/proc/sys/net/ipv4/conf/$device/route_localnet" &&
iptables-restore --noflush --wait &&
{ iptables -w -t nat -C PREROUTING -j FOREDECK 2>/dev/null || iptables -w -t nat -I PREROUTING -j FOREDECK; }
`;
