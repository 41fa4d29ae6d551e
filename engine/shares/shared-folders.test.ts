import { mkdir, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VmState } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { Scope } from '../base/scope.ts';
import { pathsUnder } from '../paths.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { scriptedVm } from '../testing/scripted-vm.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { GuestLink, Machine, VmRecord } from '../vm/ports.ts';
import { FolderProcess } from './folder-process.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { SharedFolders } from './shared-folders.ts';
import { Shares } from './shares.ts';
import { SharesFile } from './shares-file.ts';

/* Real namespaces with a program in virtiofsd's place, and a guest that only answers what the scripts in it would. */

const listener = [
  process.execPath,
  '-e',
  "require('net').createServer().listen(process.argv[process.argv.indexOf('--socket-path') + 1])",
  '--',
];
const vm = { name: 'service', kind: 'service' } as VmRecord;

class Bench {
  readonly store: Store;
  readonly shares: Shares;
  readonly folders: SharedFolders;
  readonly folder: string;
  readonly paths;
  /** What the guest was asked. */
  readonly asked: string[][] = [];
  /** How often it has not got the device yet. */
  withoutDevice = 0;
  device: Machine['folders'] = 'possible';
  virtiofsd: () => readonly string[] = () => listener;
  #connection = new Scope('connection');

  constructor(folder: string) {
    this.folder = folder;
    const paths = pathsUnder(join(folder, 'home'));
    this.paths = paths.vm('service');
    const state = emptyState();
    const host = { ...state.host, home: paths.home, userHome: join(folder, 'person') };
    this.store = new Store({ ...state, host, vms: { service: scriptedVm(paths) } });
    this.folders = new SharedFolders({
      store: this.store,
      paths,
      virtiofsd: { command: async () => this.virtiofsd() },
      log: silentLog,
    });
    const file = new SharesFile(paths.shares);
    this.shares = new Shares({ store: this.store, file, folders: this.folders, platform: 'linux' });
  }

  /** The VM is up and connected. */
  attach(): void {
    this.#say('running');
    this.#connection = new Scope('connection');
    const plugged = (): Machine['folders'] => this.device;
    const machine = {
      get folders() {
        return plugged();
      },
      plugFolders: async () => {
        this.device = 'plugged';
      },
    } as unknown as Machine;
    const link = {
      signal: this.#connection.signal,
      exec: (argv: string[]) => this.#answer(argv),
    } as unknown as GuestLink;
    this.folders.attach({ vm, link, machine, scope: this.#connection });
  }

  async stop(): Promise<void> {
    this.#say('stopped');
    await this.#connection.close();
  }

  async make(name: string): Promise<string> {
    await mkdir(join(this.folder, name));
    return join(this.folder, name);
  }

  get states(): Record<string, string> {
    return Object.fromEntries(
      Object.values(this.store.state.shares).map(({ path, state }) => [
        path.slice(this.folder.length + 1),
        state,
      ]),
    );
  }

  async server(): Promise<FolderProcess | null> {
    return await FolderProcess.find({
      paths: this.paths,
      home: join(this.folder, 'home'),
      user: { uid: process.getuid?.() ?? 0, gid: 0 },
    });
  }

  #say(state: VmState): void {
    const { service } = this.store.state.vms;
    if (service) this.store.commit({ in: 'vms', key: 'service', value: { ...service, state } });
  }

  async #answer(argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    this.asked.push(argv);
    this.withoutDevice -= 1;
    if (this.withoutDevice >= 0) return { code: 0, stdout: '', stderr: '' };
    const { mounts } = (await this.server()) ?? { mounts: [] };
    const lines = await Promise.all(
      mounts.map(async ({ path }) => `${(await lookAtFolder(path)).identity.split(':')[1]} ${path}`),
    );
    return { code: 0, stdout: ['shares', ...lines].join('\n'), stderr: '' };
  }
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await withTempFolder(async (made) => {
    const bench = new Bench(await realpath(made));
    await mkdir(bench.paths.root, { recursive: true });
    try {
      await work(bench);
    } finally {
      await bench.stop();
      await (await bench.server())?.end();
    }
  });
}

describe.skipIf(process.platform !== 'linux')('shared folders', () => {
  test('wait for the VM; the first one of a running VM gets it the device', () =>
    withBench(async (bench) => {
      const early = await bench.make('early');
      expect(await bench.shares.add({ path: early, readOnly: false })).toMatchObject({ state: 'waiting' });
      bench.withoutDevice = 2;
      bench.attach();
      const late = await bench.make('late');
      expect(await bench.shares.add({ path: late, readOnly: true })).toMatchObject({ state: 'mounted' });
      expect(bench.states).toEqual({ early: 'mounted', late: 'mounted' });
      expect(bench.device).toBe('plugged');
      await bench.stop();
      expect(bench.states).toEqual({ early: 'waiting', late: 'waiting' });
    }));

  test('are remembered, with what was asked for', () =>
    withBench(async (bench) => {
      const path = await bench.make('kept');
      await bench.shares.add({ path: `${path}/../kept/`, readOnly: false });
      await bench.shares.add({ path, readOnly: true });
      const next = new Bench(bench.folder);
      await next.shares.load();
      expect(await next.shares.list()).toMatchObject([{ path, readOnly: true, state: 'waiting' }]);
    }));

  test('a QEMU gets a server before it starts, unless nothing is shared', () =>
    withBench(async (bench) => {
      const start = () =>
        bench.folders.start({
          vm,
          paths: bench.paths,
          required: false,
          signal: new AbortController().signal,
        });
      expect(await start()).toBeNull();
      await bench.shares.add({ path: await bench.make('one'), readOnly: false });
      const server = await start();
      expect(server?.socketPath).toBe(bench.paths.sharesSocket);
      expect((await bench.server())?.mounts).toMatchObject([{ path: join(bench.folder, 'one') }]);
      await server?.end();
      expect(await bench.server()).toBeNull();
    }));

  test('without a usable virtiofsd a VM starts all the same, and the shares say why they are not there', () =>
    withBench(async (bench) => {
      await bench.shares.add({ path: await bench.make('one'), readOnly: false });
      bench.virtiofsd = () => {
        throw new EngineError({ code: 'tool_missing', message: 'no virtiofsd' });
      };
      const { signal } = new AbortController();
      expect(await bench.folders.start({ vm, paths: bench.paths, required: false, signal })).toBeNull();
      expect(bench.store.state.shares).toMatchObject({
        [join(bench.folder, 'one')]: { state: 'failed', problem: { message: 'no virtiofsd' } },
      });
      const memory = bench.folders.start({ vm, paths: bench.paths, required: true, signal });
      await expect(memory).rejects.toThrow('no virtiofsd');
    }));

  test('a folder that goes is missing, and mounted again when it is back', () =>
    withBench(async (bench) => {
      bench.attach();
      const path = await bench.make('fleeting');
      await bench.shares.add({ path, readOnly: false });
      await rename(path, `${path}-away`);
      await bench.folders.settle({ ifChanged: true });
      expect(bench.states).toEqual({ fleeting: 'missing' });
      await rename(`${path}-away`, path);
      await bench.folders.settle({ ifChanged: true });
      expect(bench.states).toEqual({ fleeting: 'mounted' });
    }));

  test('a server that dies alone fails the shares, and the guest lets go of them once', () =>
    withBench(async (bench) => {
      bench.attach();
      await bench.shares.add({ path: await bench.make('one'), readOnly: false });
      await (await bench.server())?.end();
      bench.asked.length = 0;
      await bench.folders.settle({ ifChanged: true });
      await bench.folders.settle({ ifChanged: true });
      expect(bench.states).toEqual({ one: 'failed' });
      expect(bench.asked).toEqual([['/usr/lib/foredeck/drop-shares']]);
    }));

  test('one that a running container uses is not removed, one that nobody uses is', () =>
    withBench(async (bench) => {
      bench.attach();
      const path = await bench.make('used');
      await bench.shares.add({ path, readOnly: false });
      const value = {
        name: 'web',
        state: 'running',
        binds: [{ source: `${path}/src`, target: '/', readOnly: true }],
      };
      bench.store.commit({ in: 'containers', key: 'web', value: value as never });
      await expect(bench.shares.remove(path)).rejects.toThrow('in use by the container web');
      bench.store.commit({ in: 'containers', key: 'web', value: null });
      await bench.shares.remove(path);
      expect(bench.states).toEqual({});
      expect((await bench.server())?.mounts).toEqual([]);
      await expect(bench.shares.remove(path)).rejects.toMatchObject({ code: 'unknown_share' });
    }));

  test('a look that waits behind a removal does not bring the share back', () =>
    withBench(async (bench) => {
      bench.attach();
      const path = await bench.make('going');
      await bench.shares.add({ path, readOnly: false });
      await Promise.all([bench.folders.remove(path), bench.folders.settle({ ifChanged: true })]);
      expect(bench.states).toEqual({});
      expect((await bench.server())?.mounts).toEqual([]);
    }));

  test('on macOS adding says that it is not available', () =>
    withBench(async ({ store, folders, folder }) => {
      const file = new SharesFile(join(folder, 'shares.json'));
      const shares = new Shares({ store, file, folders, platform: 'darwin' });
      await expect(shares.add({ path: folder, readOnly: false })).rejects.toThrow(
        'not available on macOS yet',
      );
    }));
});
