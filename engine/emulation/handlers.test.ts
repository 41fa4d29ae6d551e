import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Handler } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { type Paths, pathsUnder } from '../paths.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { LocalGuest, privateBinfmtAvailable } from '../testing/local-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { archRow, archTable } from './arch-table.ts';
import { binfmtFolder, parseBinfmtEntry, registerString } from './binfmt-entry.ts';
import { exitStub } from './exit-stub.ts';
import { createHandlers, type Handlers } from './handlers.ts';

/*
 * A real kernel takes part: binfmt_misc in a user namespace of its own. The emulators are programs of this machine
 * that exit with 42 at once, or misbehave; what a real emulator does with real programs is the integration suite's.
 */
const available = process.arch === 'x64' && privateBinfmtAvailable();
const service = { name: 'service', arch: 'amd64' } as const;

/** A static amd64 program that ends as said; code after `exit42`'s shape (mov, mov, syscall). */
function emulator(machineCode: string): Uint8Array {
  return exitStub({ ...archRow('amd64'), exit42: machineCode });
}
const good = emulator('b83c000000bf2a0000000f05');
const exits7 = emulator('b83c000000bf070000000f05');
const illegal = emulator('0f0b');

class Packages implements PackageFiles {
  version = '1:10.0.13+ds-0+deb13u1';
  content: Uint8Array = good;
  failure: EngineError | undefined;
  fetches = 0;
  readonly #folder: string;
  /** Set: a fetch waits until it is aborted. */
  stalls = false;
  onStalled: () => void = () => undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async newestVersion(): Promise<string> {
    return this.version;
  }

  async fetch({
    wanted,
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
    for (const { emulator: name } of archTable) {
      if (wanted(`usr/bin/${name}`)) await writeFile(join(folder, 'usr/bin', name), this.content);
    }
    return { version: this.version, folder };
  }
}

describe.skipIf(!available)('handlers', () => {
  let guest: LocalGuest;
  let store: Store;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: true });
  });

  afterEach(async () => {
    await guest.close();
    expect(guest.alive).toBe(0);
  });

  function inGuest(script: string): Promise<{ code: number; stdout: string }> {
    return guest.exec(['sh', '-c', script]);
  }

  async function withHandlers(
    work: (handlers: Handlers, packages: Packages, paths: Paths) => Promise<void>,
  ): Promise<void> {
    await withTempFolder(async (folder) => {
      const paths = pathsUnder(folder);
      const packages = new Packages(folder);
      const { handlers } = newEngine(paths, packages);
      await work(handlers, packages, paths);
    });
  }

  function newEngine(paths: Paths, packages: Packages): { handlers: Handlers } {
    store = new Store(emptyState());
    const handlers = createHandlers({ store, paths, packages, jobs: new Jobs(store), log: silentLog });
    return { handlers };
  }

  function record(arch: string): Handler | undefined {
    return store.state.handlers[`service/${arch}`];
  }

  it('knows nothing of a VM that is away, but its own processor', async () => {
    await withHandlers(async (handlers) => {
      await handlers.load(service);
      expect(record('amd64')).toMatchObject({ state: 'native', wanted: false });
      expect(record('386')).toMatchObject({ state: 'native' });
      expect(record('arm64')).toMatchObject({ state: 'unknown', wanted: false });
      await expect(handlers.on('service', 'arm64')).rejects.toMatchObject({ code: 'wrong_state' });
      await expect(handlers.on('dev', 'arm64')).rejects.toMatchObject({ code: 'unknown_vm' });
      await expect(handlers.off('service', 'amd64')).rejects.toMatchObject({ code: 'wrong_state' });
    });
  });

  it('switches on, proves it, and switches off again', async () => {
    await withHandlers(async (handlers) => {
      expect(await handlers.attach(service, guest)).toEqual([]);
      expect(record('arm64')).toMatchObject({ state: 'off' });

      const on = await handlers.on('service', 'arm64');
      expect(on).toMatchObject({
        state: 'on',
        wanted: true,
        flags: 'POCF',
        emulator: 'qemu-aarch64',
        emulatorVersion: '10.0.13+ds-0+deb13u1',
        activity: null,
        error: null,
      });
      expect(on.lastTest?.steps.map((step) => [step.id, step.ok])).toEqual([
        ['entry', true],
        ['order', true],
        ['run', true],
      ]);
      expect(on).toEqual(record('arm64'));
      expect((await inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout).toMatch(
        /^enabled\ninterpreter \/var\/lib\/foredeck\/emulators\/10\.0\.13\+ds-0\+deb13u1-[0-9a-f]{12}\/qemu-aarch64\nflags: POCF\n/,
      );

      expect(await handlers.off('service', 'arm64')).toMatchObject({
        state: 'off',
        wanted: false,
        flags: null,
      });
      expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('register\nstatus\n');
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: false });
      expect(record('arm64')).toMatchObject({ state: 'off', error: null });
    });
  });

  it('uploads an emulator once', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 's390x');
      await handlers.off('service', 's390x');
      guest.commands.length = 0;
      await handlers.on('service', 's390x');
      expect(guest.commands.map((command) => command[0])).toEqual(['perl', 'perl']);
    });
  });

  it('restores what is wanted after a restart of VM and engine, without any package', async () => {
    await withHandlers(async (handlers, packages, paths) => {
      await handlers.attach(service, guest);
      await Promise.all([handlers.on('service', 'arm64'), handlers.on('service', 'riscv64')]);
      await handlers.off('service', 'riscv64');
      await inGuest(`echo -1 > ${binfmtFolder}/status`);

      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      const fetchesBefore = packages.fetches;
      const later = newEngine(paths, packages).handlers;
      guest.commands.length = 0;
      expect(await later.attach(service, guest)).toEqual([]);
      expect(record('arm64')).toMatchObject({ state: 'on', wanted: true, flags: 'POCF' });
      expect(record('riscv64')).toMatchObject({ state: 'off', wanted: false });
      expect(packages.fetches).toBe(fetchesBefore);
      expect(guest.commands).toHaveLength(1);
      // Offline, a click works as well.
      expect(await later.on('service', 'arm64')).toMatchObject({ state: 'on' });
    });
  });

  it('brings an emulator again when the data disk has lost it', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      await inGuest(`echo -1 > ${binfmtFolder}/status; rm -r /var/lib/foredeck`);
      expect(await handlers.attach(service, guest)).toEqual([]);
      await expect.poll(() => record('arm64')?.state).toBe('on');
    });
  });

  it('heals an entry which something else removed or changed', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: false });
      expect(record('arm64')).toMatchObject({ state: 'failed', error: { code: 'emulator_failed' } });
      await handlers.list('service');
      expect(record('arm64')).toMatchObject({ state: 'on', error: null });
      await inGuest(`echo 0 > ${binfmtFolder}/qemu-aarch64`);
      const listed = await handlers.list('service');
      expect(listed.find((handler) => handler.arch === 'arm64')).toMatchObject({ state: 'on' });
    });
  });

  it('heals when somebody else has read the entries, and asks the guest nothing when all is well', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      const text = (await inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout;
      const entry = parseBinfmtEntry('qemu-aarch64', text);
      if (!entry) throw new Error('an entry was registered');
      guest.commands.length = 0;
      handlers.entriesSeen('service', [entry]);
      // Trips follow one another, so a needless one would have come before this.
      await handlers.test('service', 'arm64');
      expect(guest.commands).toHaveLength(1);

      await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      handlers.entriesSeen('service', []);
      await expect.poll(async () => (await inGuest(`ls ${binfmtFolder}`)).stdout).toContain('qemu-aarch64');
    });
  });

  it("never removes another program's entry, and reports it", async () => {
    await withHandlers(async (handlers) => {
      await guest.writeFile('/var/lib/other/qemu-aarch64', good, { mode: 0o755 });
      const foreign = registerString(archRow('arm64'), 'qemu-aarch64', '/var/lib/other/qemu-aarch64');
      await guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], { input: foreign });
      await handlers.attach(service, guest);
      expect(record('arm64')).toMatchObject({
        state: 'off',
        error: { details: { interpreter: '/var/lib/other/qemu-aarch64' } },
      });

      expect(await handlers.on('service', 'arm64')).toMatchObject({ state: 'on', error: null });
      expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe(
        'foredeck-qemu-aarch64\nqemu-aarch64\nregister\nstatus\n',
      );
      const off = await handlers.off('service', 'arm64');
      expect(off).toMatchObject({ state: 'off', error: { code: 'emulator_failed' } });
      expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('qemu-aarch64\nregister\nstatus\n');
    });
  });

  it('sees an entry that came later and takes its programs', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      await guest.writeFile('/var/lib/other/q', good, { mode: 0o755 });
      const foreign = registerString(archRow('arm64'), 'other', '/var/lib/other/q');
      await guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], { input: foreign });
      const test = await handlers.test('service', 'arm64');
      expect(test.steps.find((step) => !step.ok)).toMatchObject({ id: 'order' });
    });
  });

  it.each([
    ['exits with something else', exits7, 'exit code 7 instead of 42'],
    ['crashes', illegal, 'illegal instruction'],
  ])('does not call an emulator on that %s', async (_, content, words) => {
    await withHandlers(async (handlers, packages) => {
      packages.content = content;
      await handlers.attach(service, guest);
      await expect(handlers.on('service', 'loong64')).rejects.toMatchObject({
        code: 'emulator_failed',
        message: expect.stringContaining(words),
      });
      expect(record('loong64')).toMatchObject({ state: 'failed', wanted: true, lastTest: { ok: false } });
      expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('register\nstatus\n');
    });
  });

  it('refuses an emulator for another processor', async () => {
    await withHandlers(async (handlers, packages) => {
      packages.content = exitStub(archRow('arm64'));
      await handlers.attach(service, guest);
      await expect(handlers.on('service', 'ppc64le')).rejects.toMatchObject({ code: 'emulator_failed' });
      expect(guest.commands.filter((command) => command[0] !== 'perl')).toEqual([]);
    });
  });

  it('says why when packages cannot be had, and keeps the wish', async () => {
    await withHandlers(async (handlers, packages) => {
      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      await handlers.attach(service, guest);
      await expect(handlers.on('service', 'arm64')).rejects.toMatchObject({ code: 'mirror_unreachable' });
      expect(record('arm64')).toMatchObject({
        state: 'failed',
        wanted: true,
        error: { code: 'mirror_unreachable' },
      });
    });
  });

  it('shares the same click and lets off cancel on', async () => {
    await withHandlers(async (handlers, packages) => {
      await handlers.attach(service, guest);
      packages.stalls = true;
      const stalled = new Promise<void>((resolve) => {
        packages.onStalled = resolve;
      });
      const first = handlers.on('service', 'arm64');
      const second = handlers.on('service', 'arm64');
      const refused = Promise.all(
        [first, second].map((click) => expect(click).rejects.toMatchObject({ code: 'cancelled' })),
      );
      await stalled;
      expect(await handlers.off('service', 'arm64')).toMatchObject({
        state: 'off',
        wanted: false,
        error: null,
      });
      await refused;
      expect(packages.fetches).toBe(1);
      expect(Object.values(store.state.jobs).map((job) => job.state)).toEqual(['cancelled']);
    });
  });

  it('does not know any more once the VM is away, and still takes an off', async () => {
    await withHandlers(async (handlers, packages, paths) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      await guest.close();
      expect(record('arm64')).toMatchObject({ state: 'unknown', wanted: true, flags: null });
      expect(await handlers.off('service', 'arm64')).toMatchObject({ state: 'unknown', wanted: false });
      const later = newEngine(paths, packages).handlers;
      await later.load(service);
      expect(record('arm64')).toMatchObject({ wanted: false });
    });
  });

  it('says that programs go on which run under a handler switched off', async () => {
    await withHandlers(async (handlers) => {
      await handlers.attach(service, guest);
      await handlers.on('service', 'arm64');
      const entry = (await inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout;
      const interpreter = /interpreter (.*)/.exec(entry)?.[1] ?? '';
      const program = spawn('/bin/cat', { argv0: interpreter, stdio: ['pipe', 'ignore', 'ignore'] });
      await once(program, 'spawn');
      try {
        const off = await handlers.off('service', 'arm64');
        expect(off.activity).toBe(
          '1 program goes on under it until it ends; new ones fail with "exec format error"',
        );
      } finally {
        program.stdin.end();
        await once(program, 'exit');
      }
    });
  });
});
