import type { Duplex } from 'node:stream';
import { findExecutable, searchPath } from '../base/find-executable.ts';
import type { Log } from '../base/log.ts';
import { orAborted, sleep } from '../base/time.ts';
import type { GuestLink, SocketCarrier, VmKeys } from '../vm/ports.ts';
import { canForwardBelow, OpenSshForward } from './openssh-forward.ts';

export interface OpenSshCarrierOptions {
  readonly link: GuestLink;
  readonly port: number;
  readonly keys: VmKeys;
  /** The Unix socket in the guest. */
  readonly guestPath: string;
  /** Made while OpenSSH runs, and removed with it. */
  readonly folder: string;
  readonly log: Log;
  /** Where the client is looked for; PATH unless said. */
  readonly searchPath?: readonly string[];
  /** Default: 1 s, doubled each time. */
  readonly firstPauseMs?: number;
}

/** What ends this often on one connection is not worth more of the guest's time. */
const startAttempts = 5;

/**
 * Carries streams to a guest's socket through the host's OpenSSH, twice as fast as ssh2 in the engine and without its
 * CPU (docs/decisions/0009); through the link itself until OpenSSH is up, whenever it is not, and for good on a host
 * without one.
 */
export class OpenSshCarrier implements SocketCarrier {
  readonly #options: OpenSshCarrierOptions;
  readonly #closing = new AbortController();
  #forward: OpenSshForward | undefined;
  #keeping: Promise<void> | undefined;

  constructor(options: OpenSshCarrierOptions) {
    this.#options = options;
  }

  /** Whether new streams go through OpenSSH. */
  get hastened(): boolean {
    return this.#forward !== undefined;
  }

  async connect(): Promise<Duplex> {
    // A client that has just ended refuses; the link knows better whether the guest is there.
    const fast = await this.#forward?.connect().catch(() => undefined);
    return fast ?? (await this.#options.link.connectUnix(this.#options.guestPath));
  }

  hasten(): void {
    const signal = AbortSignal.any([this.#closing.signal, this.#options.link.signal]);
    this.#keeping ??= this.#keep(signal).catch((thrown: unknown) => {
      if (!signal.aborted)
        this.#options.log.warn({ err: thrown }, 'OpenSSH does not carry the Docker socket');
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#keeping;
  }

  /** Keeps a client running until `signal` aborts, with growing pauses after its ends. */
  async #keep(signal: AbortSignal): Promise<void> {
    const { folder, log, firstPauseMs = 1_000 } = this.#options;
    const ssh = await findExecutable('ssh', this.#options.searchPath ?? searchPath());
    if (ssh === null || !canForwardBelow(folder)) {
      log.info({ ssh, folder }, 'no OpenSSH for this host and folder; ssh2 carries the Docker socket');
      return;
    }
    for (let ends = 1; ; ends += 1) {
      await this.#runOnce(ssh, signal).catch((thrown: unknown) => {
        signal.throwIfAborted();
        log.info({ err: thrown, ends }, 'OpenSSH ended; ssh2 carries the Docker socket');
      });
      if (signal.aborted || ends === startAttempts) return;
      await sleep(firstPauseMs * 2 ** (ends - 1), signal);
    }
  }

  /** Rejects when the client has ended, for whatever reason. */
  async #runOnce(ssh: string, signal: AbortSignal): Promise<never> {
    const { port, keys, guestPath, folder } = this.#options;
    const forward = await OpenSshForward.start({ ssh, port, keys, guestPath, folder, signal });
    try {
      this.#forward = forward;
      return await orAborted(new Promise<never>(() => undefined), AbortSignal.any([forward.ended, signal]));
    } finally {
      this.#forward = undefined;
      await forward.close();
    }
  }
}
