import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from '../../contract/arch.ts';
import type { ProcessSample } from '../../contract/process-tree.ts';
import type { Handler } from '../../contract/records.ts';
import type { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { archRow, archTable } from '../emulation/arch-table.ts';
import { binfmtFolder, registerString } from '../emulation/binfmt-entry.ts';
import { createHandlers, type Handlers } from '../emulation/handlers.ts';
import { exitStub } from '../emulation/self-test/exit-stub.ts';
import { type Paths, pathsUnder } from '../paths.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import type { PackageFiles, PackageName } from '../vm/ports.ts';
import { emptyState } from './empty-state.ts';
import { fakeEmulator } from './fake-emulator.ts';
import { LocalGuest, privateBinfmtAvailable } from './local-guest.ts';
import { withTempFolder } from './temp-folder.ts';

/** Emulators here are amd64 programs, and the kernel has to give us a binfmt_misc of our own. */
export const handlersBenchAvailable = process.arch === 'x64' && privateBinfmtAvailable();

export const goodEmulator = fakeEmulator;
/** Machine code of `exit(7)`. */
export const emulatorThatExits7 = emulator('b83c000000bf070000000f05');
/** Machine code of `ud2`. */
export const emulatorThatCrashes = emulator('0f0b');

/** A static amd64 program that ends as said; code after `exit42`'s shape (mov, mov, syscall). */
function emulator(machineCode: string): Uint8Array {
  return exitStub({ ...archRow('amd64'), exit42: machineCode });
}

/** Debian's two suites, with an emulator of each as a test wants them. */
export class EmulatorPackages implements PackageFiles {
  readonly versions = { stable: '1:10.0.13+ds-0+deb13u1', backports: '1:11.1.3+ds-1~bpo13+1' };
  content: Uint8Array = goodEmulator;
  /** Other bytes, so that it is another emulator, which works as well. */
  backports: Uint8Array = Buffer.concat([goodEmulator, Buffer.from('newer')]);
  failure: EngineError | undefined;
  fetches = 0;
  /** Set: a fetch waits until it is aborted. */
  stalls = false;
  onStalled: () => void = () => undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async newestVersion({ suite = 'stable' }: PackageName): Promise<string> {
    if (this.failure) throw this.failure;
    return this.versions[suite];
  }

  async fetch({
    wanted,
    suite = 'stable',
    signal,
  }: Parameters<PackageFiles['fetch']>[0]): Promise<{ version: string; folder: string }> {
    this.fetches += 1;
    if (this.failure) throw this.failure;
    if (this.stalls) {
      this.onStalled();
      await once(signal, 'abort');
      throw signal.reason;
    }
    const folder = join(this.#folder, `packages-${this.fetches}`);
    await mkdir(join(folder, 'usr/bin'), { recursive: true });
    const content = suite === 'stable' ? this.content : this.backports;
    for (const { emulator: name } of archTable) {
      if (wanted(`usr/bin/${name}`)) await writeFile(join(folder, 'usr/bin', name), content);
    }
    return { version: this.versions[suite], folder };
  }
}

/**
 * Handlers on this machine in the part of a guest. A real kernel takes part: binfmt_misc in a user namespace of its
 * own. The emulators are programs that pass the self-test, or misbehave.
 */
export class HandlersBench {
  readonly vm = { name: 'service', arch: 'amd64' } as const;
  readonly guest: LocalGuest;
  /** Of the engine made last. */
  store = new Store(emptyState());
  /** What every look at the VM's processes gives. */
  sample: ProcessSample = { at: 0, sampleMs: 0, processes: [], taxes: [], omitted: 0 };
  /** The moment of the guest's last start, as far as handlers know. */
  bootedAt = 0;

  private constructor(guest: LocalGuest) {
    this.guest = guest;
  }

  static async start(): Promise<HandlersBench> {
    return new HandlersBench(await LocalGuest.start({ privateBinfmt: true }));
  }

  async withHandlers(
    work: (handlers: Handlers, packages: EmulatorPackages, paths: Paths) => Promise<void>,
    options: { guardIntervalMs?: number | null } = {},
  ): Promise<void> {
    await withTempFolder(async (folder) => {
      const paths = pathsUnder(folder);
      const packages = new EmulatorPackages(folder);
      await work(this.newEngine(paths, packages, options), packages, paths);
    });
  }

  /** As after a restart of the engine. Without an interval the guest is not guarded. */
  newEngine(
    paths: Paths,
    packages: EmulatorPackages,
    { guardIntervalMs = null }: { guardIntervalMs?: number | null } = {},
  ): Handlers {
    this.store = new Store(emptyState());
    return createHandlers({
      store: this.store,
      paths,
      packages,
      jobs: new Jobs(this.store),
      log: silentLog,
      guardIntervalMs,
      processesOf: async () => this.sample,
    });
  }

  /** As after a start of the VM. */
  boot(handlers: Handlers): Promise<string[]> {
    this.bootedAt += 1;
    return handlers.attach(this.vm, this.guest, this.bootedAt);
  }

  record(arch: Arch): Handler | undefined {
    return this.store.state.handlers[`${this.vm.name}/${arch}`];
  }

  inGuest(script: string): Promise<{ code: number; stdout: string }> {
    return this.guest.exec(['sh', '-c', script]);
  }

  /** Round trips so far; the guard's process has one argument more. */
  trips(): string[][] {
    return this.guest.commands.filter((command) => command[0] === 'perl' && command.length === 4);
  }

  async entry(name: string): Promise<string> {
    return (await this.inGuest(`cat ${binfmtFolder}/${name}`)).stdout;
  }

  async entryNames(): Promise<string[]> {
    const { stdout } = await this.inGuest(`ls ${binfmtFolder}`);
    return stdout.split('\n').filter((name) => !['', 'register', 'status'].includes(name));
  }

  async interpreter(name: string): Promise<string> {
    return /interpreter (.*)/.exec(await this.entry(name))?.[1] ?? '';
  }

  /** Folders of the emulators on the data disk. */
  async versions(): Promise<string> {
    return (await this.inGuest('ls /var/lib/foredeck/emulators')).stdout;
  }

  /** As another program would: its own emulator under `/var/lib/other`. */
  async registerForeign(name: string, arch: Arch): Promise<void> {
    const path = `/var/lib/other/${name}`;
    await this.guest.writeFile(path, goodEmulator, { mode: 0o755 });
    await this.guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], {
      input: registerString(archRow(arch), name, path),
    });
  }

  async close(): Promise<void> {
    await this.guest.close();
  }
}
