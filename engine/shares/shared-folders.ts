import { realpath } from 'node:fs/promises';
import type { Share } from '../../contract/shares.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { Scope } from '../base/scope.ts';
import { sleep } from '../base/time.ts';
import { type Paths, serviceVmName, type VmPaths } from '../paths.ts';
import type { Store } from '../state/store.ts';
import type { FolderServer, FolderServers } from '../vm/folder-server.ts';
import type { GuestLink, Machine, VmRecord } from '../vm/ports.ts';
import { FolderProcess, type FolderProcessOptions } from './folder-process.ts';
import { dropInGuest, mountInGuest } from './guest-shares.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { mountsOf, type PresentShare } from './share-mounts.ts';
import type { Virtiofsd } from './virtiofsd.ts';

/** How often the server and the shared folders are looked at while a VM runs: a look at each, and no more. */
const watchIntervalMs = 3_000;

/** An emulated guest finds a device that was plugged in within a second or two, a busy one within ten. */
const appearTimeoutMs = 30_000;
const appearIntervalMs = 200;

/** So long the guest takes what it has read of the device's root for true (virtiofsd, `--cache auto`: 1 s), and a margin. */
const guestCacheMs = 1_250;

export interface SharedFoldersOptions {
  readonly store: Store;
  readonly paths: Paths;
  readonly virtiofsd: Pick<Virtiofsd, 'command'>;
  readonly log: Log;
}

interface Guest {
  readonly link: GuestLink;
  readonly machine: Machine;
  /** What was tried the last time; it is tried again when it has changed, or when somebody asks for it. */
  tried: string;
  /** Its device's server is gone: the device is of no use any more. */
  lost: boolean;
  /** When it last read the device's root, by `performance.now()`. */
  lookedAt: number;
}

/**
 * Makes the service VM see what is shared: server, device and mounts, each where it is missing, and tells in the state
 * what came of it. One thing is done at a time.
 */
export class SharedFolders implements FolderServers {
  readonly #options: SharedFoldersOptions;
  #guest: Guest | null = null;
  #server: FolderProcess | null = null;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: SharedFoldersOptions) {
    this.#options = options;
  }

  async start(options: Parameters<FolderServers['start']>[0]): Promise<FolderServer | null> {
    if (options.vm.kind !== 'service') return null;
    return await this.#next(async () => {
      const present = await this.#look(null);
      if (present.length === 0 && !options.required) return null;
      try {
        const server = await this.#startServer(options.signal);
        await server.show(mountsOf(present), options.signal);
        return { socketPath: options.paths.sharesSocket, end: () => this.#next(() => server.end()) };
      } catch (thrown) {
        options.signal.throwIfAborted();
        this.#tellAll(toEngineError(thrown));
        if (options.required) throw thrown;
        return null;
      }
    });
  }

  /** From now on the guest has what is shared, until `scope` closes. */
  attach(options: { vm: VmRecord; link: GuestLink; machine: Machine; scope: Scope }): void {
    const { vm, link, machine, scope } = options;
    if (vm.kind !== 'service') return;
    const guest: Guest = { link, machine, tried: '', lost: false, lookedAt: -guestCacheMs };
    this.#guest = guest;
    scope.defer(async () => {
      if (this.#guest === guest) this.#guest = null;
      await this.settle();
    });
    void this.settle();
    void this.#watch(scope.signal);
  }

  /**
   * Brings about what is wanted; with `ifChanged`, unless all is as it was at the last try. Never rejects: problems are
   * told in the state.
   */
  async settle({ ifChanged = false } = {}): Promise<void> {
    await this.#next(() => this.#settle({ ifChanged, without: null }));
  }

  /** Takes a share away from the guest, then out of the state: a look that waits for its turn would bring it back. */
  async remove(path: string): Promise<void> {
    await this.#next(async () => {
      await this.#settle({ ifChanged: false, without: path });
      this.#options.store.commit({ in: 'shares', key: path, value: null });
    });
  }

  async #settle({ ifChanged, without }: { ifChanged: boolean; without: string | null }): Promise<void> {
    const present = await this.#look(without);
    const guest = this.#guest;
    if (!guest || (present.length === 0 && guest.machine.folders !== 'plugged')) return;
    const { signal } = guest.link;
    const mounts = mountsOf(present);
    const tried = JSON.stringify(mounts);
    if (ifChanged && tried === guest.tried && !(await this.#hasEnded(guest))) return;
    guest.tried = tried;
    try {
      const server = await this.#serve(guest, signal);
      if (!server) return;
      const changed = await server.show(mounts, signal);
      const problems = await this.#mount(guest, { mounts, changed, signal });
      for (const { path, realPath } of present) {
        const problem = problems.get(realPath);
        this.#tell(path, { state: problem ? 'failed' : 'mounted', problem: problem?.toWire() ?? null });
      }
    } catch (thrown) {
      // With the connection everything fails, and nothing is wrong.
      if (signal.aborted) return;
      this.#options.log.warn({ err: thrown }, 'shared folders cannot be mounted');
      this.#tellAll(toEngineError(thrown));
    }
  }

  /** The server of a guest, started and plugged in where it has none; null when it has had one that is gone. */
  async #serve(guest: Guest, signal: AbortSignal): Promise<FolderProcess | null> {
    const { machine, link } = guest;
    if (machine.folders === 'impossible') throw tooOld();
    if (machine.folders === 'possible') {
      const server = await this.#startServer(signal);
      try {
        await machine.plugFolders(this.#paths.sharesSocket);
      } catch (thrown) {
        await server.end();
        throw thrown;
      }
      return server;
    }
    this.#server ??= await FolderProcess.find(await this.#process());
    if (await this.#server?.alive()) return this.#server;
    guest.lost = true;
    await dropInGuest(link, signal);
    this.#tellAll(serverGone());
    return null;
  }

  /** Whether the server has ended since the last look. */
  async #hasEnded(guest: Guest): Promise<boolean> {
    return guest.machine.folders === 'plugged' && !guest.lost && !(await this.#server?.alive());
  }

  /** A device that was plugged in a moment ago takes a moment to appear in the guest. */
  async #mount(guest: Guest, options: Parameters<typeof mountInGuest>[1]): Promise<Map<string, EngineError>> {
    await sleep(Math.max(0, guest.lookedAt + guestCacheMs - performance.now()), options.signal);
    const givenUpAt = Date.now() + appearTimeoutMs;
    for (;;) {
      const problems = await mountInGuest(guest.link, options);
      guest.lookedAt = performance.now();
      if (problems) {
        return problems;
      }
      if (Date.now() > givenUpAt) throw noDevice();
      await sleep(appearIntervalMs, options.signal);
    }
  }

  async #startServer(signal: AbortSignal): Promise<FolderProcess> {
    const { virtiofsd } = this.#options;
    const command = await virtiofsd.command(signal);
    this.#server = await FolderProcess.start({ ...(await this.#process()), virtiofsd: command, signal });
    return this.#server;
  }

  async #process(): Promise<FolderProcessOptions> {
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    return { paths: this.#paths, home: await realpath(this.#options.paths.home), user };
  }

  get #paths(): VmPaths {
    return this.#options.paths.vm(serviceVmName);
  }

  /** Folders come and go, and a server may end. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(watchIntervalMs, signal).catch(() => undefined);
      if (!signal.aborted && Object.keys(this.#options.store.state.shares).length > 0)
        await this.settle({ ifChanged: true });
    }
  }

  /** Which shares are there on the host; tells of those that are not, and of those which wait for the VM. */
  async #look(without: string | null): Promise<PresentShare[]> {
    const present: PresentShare[] = [];
    for (const { path, readOnly, state } of Object.values(this.#options.store.state.shares)) {
      if (path === without) continue;
      try {
        const { realPath, identity } = await lookAtFolder(path);
        present.push({ path, realPath, readOnly, identity });
        if (this.#isAway()) this.#tell(path, { realPath, state: 'waiting', problem: null });
        else if (this.#guest && (state === 'missing' || state === 'waiting')) {
          this.#tell(path, { realPath, state: 'pending', problem: null });
        }
      } catch (thrown) {
        if (!(thrown instanceof EngineError)) throw thrown;
        this.#tell(path, { state: 'missing', problem: missing(path, thrown).toWire() });
      }
    }
    return present;
  }

  /** A VM whose connection is lost for a moment still sees what it saw. */
  #isAway(): boolean {
    const state = this.#options.store.state.vms[serviceVmName]?.state;
    return !this.#guest && state !== 'running' && state !== 'degraded';
  }

  #tellAll(problem: EngineError): void {
    for (const { path, state } of Object.values(this.#options.store.state.shares)) {
      if (state !== 'missing') this.#tell(path, { state: 'failed', problem: problem.toWire() });
    }
  }

  #tell(path: string, change: Partial<Share>): void {
    const { store } = this.#options;
    const share = store.state.shares[path];
    if (!share) return;
    const value = { ...share, ...change };
    const same = JSON.stringify(value) === JSON.stringify(share);
    if (!same) store.commit({ in: 'shares', key: path, value });
  }

  async #next<T>(work: () => Promise<T>): Promise<T> {
    const working = this.#work.then(work);
    this.#work = working.catch(() => undefined);
    return await working;
  }
}

function missing(path: string, cause: EngineError): EngineError {
  return new EngineError({
    code: 'share_failed',
    message: `${path} is not there on this computer at the moment.`,
    hint: 'The VM sees it again as soon as it is back.',
    cause,
  });
}

function serverGone(): EngineError {
  return new EngineError({
    code: 'share_failed',
    message: 'The server for shared folders has ended, so the VM cannot reach them.',
    hint: 'Restart the VM by shutting it down. Programs which were using a shared folder wait until then.',
  });
}

function noDevice(): EngineError {
  return new EngineError({
    code: 'share_failed',
    message: `The VM has not found the device for shared folders for ${appearTimeoutMs / 1_000} s.`,
    hint: 'Restart the VM.',
  });
}

function tooOld(): EngineError {
  return new EngineError({
    code: 'share_failed',
    message: 'The VM was started in a way that shared folders cannot be added to.',
    hint: 'Restart the VM.',
  });
}
