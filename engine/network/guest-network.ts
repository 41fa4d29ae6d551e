import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { HostProxy } from '../../contract/host-network.ts';
import type { Settings } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { buildCpio } from '../image/cpio.ts';
import type { GuestLink } from '../vm/ports.ts';
import { DownloadProxy } from './download-proxy.ts';
import { cpioEntries, type GuestFiles, guestFiles, proxyInUse } from './guest-files.ts';
import { findHostProxy, type HostProxySource } from './host-proxy.ts';
import { NameRelay } from './name-relay.ts';

/** dockerd is started again for some settings, which takes an emulated guest 15 s. */
const replaceTimeoutMs = 120_000;

/** Enough of what the guest complains of to name the reason. */
const complaintLength = 1_000;

export interface GuestNetworkOptions {
  readonly settings: () => Settings;
  readonly proxySource: HostProxySource;
  readonly log: Log;
}

/** A guest that is connected, and which network files it has. */
interface ConnectedGuest {
  readonly vm: string;
  readonly link: GuestLink;
  /** Aborts with the connection. */
  readonly signal: AbortSignal;
  /** The last change, whether it succeeded or not: one after another. */
  changing: Promise<void>;
  has: string;
}

/**
 * What guests take over of the network around the host: names, access to the host's services, proxy, certificates,
 * registry mirrors. Handed in at boot, compared at each connection, and replaced in running guests at each change.
 */
export class GuestNetwork {
  readonly #options: GuestNetworkOptions;
  readonly #names: NameRelay;
  readonly #downloads = new DownloadProxy();
  readonly #guests = new Set<ConnectedGuest>();

  constructor(options: GuestNetworkOptions) {
    this.#options = options;
    this.#names = new NameRelay({ log: options.log });
  }

  /** The engine's own downloads go through the chosen proxy from here on. */
  async start(): Promise<void> {
    this.#downloads.use(proxyInUse(this.#options.settings(), await this.#hostProxy()));
  }

  async close(): Promise<void> {
    await this.#names.close();
  }

  /** What a guest is to have now. */
  async files(): Promise<GuestFiles> {
    return guestFiles(this.#options.settings(), await this.#hostProxy());
  }

  /** Names are asked of the host for as long as `scope` is open, and what has changed meanwhile is taken over. */
  async attach(options: { vm: string; link: GuestLink; scope: Scope }): Promise<void> {
    const { vm, link, scope } = options;
    const signal = AbortSignal.any([scope.signal, link.signal]);
    const ports = await this.#names.ports();
    const holding = await link.spawn(['/usr/lib/foredeck/hold-names', String(ports.udp), String(ports.tcp)], {
      signal: scope.signal,
    });
    let complaint = '';
    holding.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-complaintLength);
    });
    void holding.exited.then(() => {
      if (!signal.aborted) this.#options.log.warn({ vm, complaint }, "names are asked of QEMU's relay only");
    });
    const lines = createInterface({ input: holding.stdout });
    // It fails with the connection, whose end is told elsewhere.
    lines.on('error', () => undefined);
    const [has] = await once(lines, 'line', {
      signal,
    });
    const guest: ConnectedGuest = { vm, link, signal, changing: Promise.resolve(), has: String(has) };
    this.#guests.add(guest);
    scope.defer(() => {
      this.#guests.delete(guest);
    });
    await this.#replace(guest);
  }

  /**
   * Resolves when every connected guest has taken the settings over. Throws `guest_command_failed` when one could not,
   * or can only at its next start.
   */
  async settingsChanged(): Promise<void> {
    await this.start();
    const outcomes = await Promise.allSettled([...this.#guests].map((guest) => this.#replace(guest)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #replace(guest: ConnectedGuest): Promise<void> {
    const change = guest.changing.then(async () => {
      const files = await this.files();
      if (files.id === guest.has) return;
      // Half of it, should that fail.
      guest.has = '';
      const counts = await handIn(guest, files);
      guest.has = files.id;
      if (counts === 'later') throw countsLater(guest.vm);
    });
    guest.changing = change.catch(() => undefined);
    return change;
  }

  /** A tool of the system that fails is no proxy found, and said in the log. */
  async #hostProxy(): Promise<HostProxy | null> {
    const { log, proxySource } = this.#options;
    try {
      return await findHostProxy(proxySource);
    } catch (thrown) {
      log.warn({ err: thrown }, "this computer's proxy cannot be found out");
      return null;
    }
  }
}

/** From when on all of it counts. Throws `guest_command_failed`. */
async function handIn({ vm, link, signal }: ConnectedGuest, files: GuestFiles): Promise<'now' | 'later'> {
  const { code, stdout, stderr } = await link.exec(['/usr/lib/foredeck/replace-network'], {
    input: buildCpio(cpioEntries(files, '')),
    timeoutMs: replaceTimeoutMs,
    signal,
  });
  if (code !== 0) {
    throw new EngineError({
      code: 'guest_command_failed',
      message: `VM "${vm}" does not take the network settings over: ${stderr.trim() || `exit code ${code}`}.`,
      hint: 'They are saved, and count from its next start on.',
    });
  }
  return stdout.trim() === 'later' ? 'later' : 'now';
}

function countsLater(vm: string): EngineError {
  return new EngineError({
    code: 'guest_command_failed',
    message: `Docker in VM "${vm}" takes the change over at its next start: containers would end with it now.`,
    hint: 'It is saved. Shut the VM down and start it again when that suits you.',
  });
}
