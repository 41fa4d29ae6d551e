import { errnoOf } from '../../base/engine-error.ts';
import { openTcpRelay } from './tcp-relay.ts';
import { openUdpRelay } from './udp-relay.ts';

export interface RelayOptions {
  readonly address: string;
  readonly port: number;
  /** Of 127.0.0.1. */
  readonly targetPort: number;
}

/** One that stands. */
export interface Relay {
  readonly targetPort: number;
  close(): Promise<void>;
}

export interface WantedRelay {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly targetPort: number;
}

/** The relays on the host's IPv6 loopback, which QEMU cannot forward from (it refuses `[::1]`). */
export class Relays {
  readonly #address: string;
  readonly #standing = new Map<string, Relay>();

  /** `address` is where they listen. */
  constructor(address: string) {
    this.#address = address;
  }

  /**
   * Makes exactly these stand. Answers why one does not, by `relayKey`, as the system's error name; those in `untried` are
   * left out where they do not stand already.
   */
  async set(wanted: readonly WantedRelay[], untried: ReadonlySet<string>): Promise<Map<string, string>> {
    const byKey = new Map(wanted.map((relay) => [relayKey(relay), relay]));
    for (const [key, relay] of this.#standing) {
      if (byKey.get(key)?.targetPort === relay.targetPort) continue;
      this.#standing.delete(key);
      await relay.close();
    }
    const failures = new Map<string, string>();
    for (const [key, { protocol, port, targetPort }] of byKey) {
      if (this.#standing.has(key) || untried.has(key)) continue;
      const open = protocol === 'tcp' ? openTcpRelay : openUdpRelay;
      try {
        this.#standing.set(key, await open({ address: this.#address, port, targetPort }));
      } catch (thrown) {
        failures.set(key, errnoOf(thrown) ?? 'EIO');
      }
    }
    return failures;
  }

  has(key: string): boolean {
    return this.#standing.has(key);
  }

  async close(): Promise<void> {
    await this.set([], new Set());
  }
}

export function relayKey({ protocol, port }: { protocol: string; port: number }): string {
  return `${protocol} ${port}`;
}
