import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Arch } from '../../contract/arch.ts';
import type { ProcessSample } from '../../contract/process-tree.ts';
import type { Handler } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { type Paths, pathsUnder } from '../paths.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { fakeEmulator } from '../testing/fake-emulator.ts';
import { LocalGuest, privateBinfmtAvailable } from '../testing/local-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { PackageFiles, PackageName } from '../vm/ports.ts';
import { archRow, archTable } from './arch-table.ts';
import { binfmtFolder, parseBinfmtEntry, registerString } from './binfmt-entry.ts';
import { createHandlers, type Handlers } from './handlers.ts';
import { exitStub } from './self-test/exit-stub.ts';

/*
 * A real kernel takes part: binfmt_misc in a user namespace of its own. The emulators are programs of this machine
 * that pass the self-test, or misbehave; what a real emulator does with real programs is the integration suite's.
 */
const available = process.arch === 'x64' && privateBinfmtAvailable();
const service = { name: 'service', arch: 'amd64' } as const;

/** A static amd64 program that ends as said; code after `exit42`'s shape (mov, mov, syscall). */
function emulator(machineCode: string): Uint8Array {
  return exitStub({ ...archRow('amd64'), exit42: machineCode });
}
const good = fakeEmulator;
const exits7 = emulator('b83c000000bf070000000f05');
const illegal = emulator('0f0b');

class Packages implements PackageFiles {
  readonly versions = { stable: '1:10.0.13+ds-0+deb13u1', backports: '1:11.1.3+ds-1~bpo13+1' };
  content: Uint8Array = good;
  /** Other bytes, so that it is another emulator, which works as well. */
  backports: Uint8Array = Buffer.concat([good, Buffer.from('newer')]);
  failure: EngineError | undefined;
  fetches = 0;
  readonly #folder: string;
  /** Set: a fetch waits until it is aborted. */
  stalls = false;
  onStalled: () => void = () => undefined;

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
    for (const { emulator: name } of archTable) {
      if (wanted(`usr/bin/${name}`))
        await writeFile(join(folder, 'usr/bin', name), suite === 'stable' ? this.content : this.backports);
    }
    return { version: this.versions[suite], folder };
  }
}

describe.skipIf(!available)('handlers', () => {
  let guest: LocalGuest;
  let store: Store;
  let boots = 0;
  let sample: ProcessSample;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: true });
    sample = { at: 0, sampleMs: 0, processes: [], taxes: [], omitted: 0 };
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
    options: { guardIntervalMs?: number } = {},
  ): Promise<void> {
    await withTempFolder(async (folder) => {
      const paths = pathsUnder(folder);
      const packages = new Packages(folder);
      const { handlers } = newEngine(paths, packages, options.guardIntervalMs);
      await work(handlers, packages, paths);
    });
  }

  function newEngine(paths: Paths, packages: Packages, guardIntervalMs = 3_600_000): { handlers: Handlers } {
    store = new Store(emptyState());
    const handlers = createHandlers({
      store,
      paths,
      packages,
      jobs: new Jobs(store),
      log: silentLog,
      guardIntervalMs,
      processesOf: async () => sample,
    });
    return { handlers };
  }

  /** As after a start of the VM. */
  function boot(handlers: Handlers): Promise<string[]> {
    boots += 1;
    return handlers.attach(service, guest, boots);
  }

  /** Round trips; the guard's process has one argument more. */
  function trips(): string[][] {
    return guest.commands.filter((command) => command[0] === 'perl' && command.length === 4);
  }

  async function entryOf(name: string): Promise<string> {
    return (await inGuest(`cat ${binfmtFolder}/${name}`)).stdout;
  }

  async function versionsInGuest(): Promise<string> {
    return (await inGuest('ls /var/lib/foredeck/emulators')).stdout;
  }

  async function registerForeign(name: string, arch: Arch): Promise<void> {
    await guest.writeFile(`/var/lib/other/${name}`, good, { mode: 0o755 });
    const entry = registerString(archRow(arch), name, `/var/lib/other/${name}`);
    await guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], { input: entry });
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
      expect(await boot(handlers)).toEqual([]);
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
        ['open-binary', true],
        ['credentials', true],
        ['argv0', true],
        ['signal', true],
        ['isa', true],
        ['syscalls', true],
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
      await boot(handlers);
      await handlers.on('service', 's390x');
      await handlers.off('service', 's390x');
      guest.commands.length = 0;
      await handlers.on('service', 's390x');
      expect(guest.commands.map((command) => command[0])).toEqual(['perl', 'perl']);
    });
  });

  it('restores what is wanted after a restart of VM and engine, without any package', async () => {
    await withHandlers(async (handlers, packages, paths) => {
      await boot(handlers);
      await Promise.all([handlers.on('service', 'arm64'), handlers.on('service', 'riscv64')]);
      await handlers.off('service', 'riscv64');
      await inGuest(`echo -1 > ${binfmtFolder}/status`);

      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      const fetchesBefore = packages.fetches;
      const later = newEngine(paths, packages).handlers;
      guest.commands.length = 0;
      expect(await boot(later)).toEqual([]);
      expect(record('arm64')).toMatchObject({ state: 'on', wanted: true, flags: 'POCF' });
      expect(record('riscv64')).toMatchObject({ state: 'off', wanted: false });
      expect(packages.fetches).toBe(fetchesBefore);
      expect(trips()).toHaveLength(1);
      // Offline, a click works as well.
      expect(await later.on('service', 'arm64')).toMatchObject({ state: 'on' });
    });
  });

  it('brings an emulator again when the data disk has lost it', async () => {
    await withHandlers(async (handlers) => {
      await boot(handlers);
      await handlers.on('service', 'arm64');
      await inGuest(`echo -1 > ${binfmtFolder}/status; rm -r /var/lib/foredeck`);
      expect(await boot(handlers)).toEqual([]);
      await expect.poll(() => record('arm64')?.state).toBe('on');
    });
  });

  it('heals an entry which something else removed or changed', async () => {
    await withHandlers(async (handlers) => {
      await boot(handlers);
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
      await boot(handlers);
      await handlers.on('service', 'arm64');
      const text = (await inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout;
      const entry = parseBinfmtEntry('qemu-aarch64', text);
      if (!entry) throw new Error('an entry was registered');
      guest.commands.length = 0;
      handlers.entriesSeen('service', [entry]);
      // Trips follow one another, so a needless one would have come before this.
      await handlers.test('service', 'arm64');
      expect(trips()).toHaveLength(1);

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
      await boot(handlers);
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
      await boot(handlers);
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
      await boot(handlers);
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
      await boot(handlers);
      await expect(handlers.on('service', 'ppc64le')).rejects.toMatchObject({ code: 'emulator_failed' });
      expect(guest.commands.filter((command) => command[0] !== 'perl')).toEqual([]);
    });
  });

  it('says why when packages cannot be had, and keeps the wish', async () => {
    await withHandlers(async (handlers, packages) => {
      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      await boot(handlers);
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
      await boot(handlers);
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
      await boot(handlers);
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
      await boot(handlers);
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

  describe('versions', () => {
    const stable = '10.0.13+ds-0+deb13u1';
    const backports = '11.1.3+ds-1~bpo13+1';

    it('offers those of both suites', async () => {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        await expect
          .poll(() => record('arm64')?.choices.map(({ suite, version }) => [suite, version]))
          .toEqual([
            ['stable', stable],
            ['backports', backports],
          ]);
        expect(record('arm64')?.choices[0]).toMatchObject({
          recommended: true,
          ready: false,
          current: false,
        });
        await handlers.on('service', 'arm64');
        expect(record('arm64')?.choices[0]).toMatchObject({ ready: true, current: true, previous: false });
        expect(record('amd64')?.choices).toEqual([]);
      });
    });

    it('switches by number and back, downloads each once, and remembers the choice', async () => {
      await withHandlers(async (handlers, packages, paths) => {
        await boot(handlers);
        await handlers.on('service', 'arm64');
        expect(await handlers.choose('service', 'arm64', '11.1')).toMatchObject({
          state: 'on',
          emulatorVersion: backports,
          lastTest: { ok: true, cause: 'change' },
        });
        expect(await entryOf('qemu-aarch64')).toContain(`/${backports}-`);
        expect(record('arm64')?.choices).toMatchObject([
          { suite: 'stable', ready: true, current: false, previous: true },
          { suite: 'backports', ready: true, current: true, previous: false },
        ]);

        const later = newEngine(paths, packages).handlers;
        await boot(later);
        expect(record('arm64')).toMatchObject({ state: 'on', emulatorVersion: backports });
        expect(await later.on('service', 'arm64')).toMatchObject({ emulatorVersion: backports });

        const fetchesBefore = packages.fetches;
        expect(await later.choose('service', 'arm64', 'previous')).toMatchObject({ emulatorVersion: stable });
        expect(packages.fetches).toBe(fetchesBefore);
        expect(await later.choose('service', 'arm64', 'previous')).toMatchObject({
          emulatorVersion: backports,
        });
      });
    });

    it('puts the former one back when the chosen one does not prove itself', async () => {
      await withHandlers(async (handlers, packages) => {
        packages.backports = exits7;
        await boot(handlers);
        await handlers.on('service', 'arm64');
        await expect(handlers.choose('service', 'arm64', 'backports')).rejects.toMatchObject({
          code: 'emulator_failed',
          message: expect.stringMatching(/exit code 7.*10\.0\.13.* was put back and proved again/),
        });
        expect(record('arm64')).toMatchObject({
          state: 'on',
          emulatorVersion: stable,
          error: null,
          lastTest: { ok: true },
        });
        expect(await entryOf('qemu-aarch64')).toContain(`/${stable}-`);
        expect(await handlers.on('service', 'arm64')).toMatchObject({ emulatorVersion: stable });
        // Nothing of the failed one stays on the data disk.
        await expect.poll(versionsInGuest).not.toContain(backports);
      });
    });

    it('stays off when the chosen one does not prove itself and nothing ran before', async () => {
      await withHandlers(async (handlers, packages) => {
        packages.backports = exits7;
        await boot(handlers);
        await expect(handlers.choose('service', 'arm64', 'backports')).rejects.toMatchObject({
          message: expect.stringContaining('arm64 stays off'),
        });
        expect(record('arm64')).toMatchObject({ state: 'off', wanted: false });
        expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('register\nstatus\n');
      });
    });

    it('knows no other versions, and none before the first', async () => {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        await expect(handlers.choose('service', 'arm64', '9.2')).rejects.toMatchObject({
          code: 'bad_input',
          message: expect.stringContaining(`backports has ${backports}`),
        });
        await expect(handlers.choose('service', 'arm64', 'previous')).rejects.toMatchObject({
          code: 'bad_input',
        });
        await expect(handlers.choose('service', 'arm64', '1')).rejects.toMatchObject({ code: 'bad_input' });
        expect(record('arm64')).toMatchObject({ state: 'off', activity: null });
      });
    });

    it('counts programs which go on under another version, and keeps that version for them', async () => {
      await withHandlers(async (handlers, packages) => {
        await boot(handlers);
        await handlers.on('service', 'arm64');
        const interpreter = /interpreter (.*)/.exec(await entryOf('qemu-aarch64'))?.[1] ?? '';
        const program = spawn('/bin/cat', { argv0: interpreter, stdio: ['pipe', 'ignore', 'ignore'] });
        await once(program, 'spawn');
        try {
          expect(await handlers.choose('service', 'arm64', '11.1')).toMatchObject({ runningUnderOthers: 1 });
          // Two further versions: what the program runs under is neither the current one nor the one before.
          packages.versions.stable = '1:10.0.14+ds-1';
          packages.content = Buffer.concat([good, Buffer.from('point release')]);
          await handlers.choose('service', 'arm64', 'stable');
          expect(await versionsInGuest()).toContain(stable);
        } finally {
          program.stdin.end();
          await once(program, 'exit');
        }
        await handlers.choose('service', 'arm64', '11.1');
        await expect.poll(versionsInGuest).not.toContain(stable);
        expect(await versionsInGuest()).toContain('10.0.14+ds-1');
        expect(record('arm64')).toMatchObject({ runningUnderOthers: 0 });
      });
    });
  });

  describe('drift', () => {
    const quick = { guardIntervalMs: 50 };

    /** Switches arm64 on, has somebody change something, and waits until it stands again. */
    async function restoredAfter(change: (path: string) => Promise<unknown>, changes: RegExp): Promise<void> {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        await handlers.on('service', 'arm64');
        const path = /interpreter (.*)/.exec(await entryOf('qemu-aarch64'))?.[1] ?? '';
        await change(path);
        await expect
          .poll(() => record('arm64'))
          .toMatchObject({
            state: 'on',
            error: null,
            drift: { restores: 1, stopped: false, changes: [expect.stringMatching(changes)] },
            lastTest: { ok: true, cause: 'drift' },
          });
        expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: true, cause: 'request' });
        expect((await inGuest(`test -s ${path}`)).code).toBe(0);
      }, quick);
    }

    it.each([
      [
        'the entry is removed',
        `echo -1 > ${binfmtFolder}/qemu-aarch64`,
        /^the entry "qemu-aarch64" was removed$/,
      ],
      ['the entry is disabled', `echo 0 > ${binfmtFolder}/qemu-aarch64`, /was changed: it is disabled$/],
      ['everything is reset', `echo -1 > ${binfmtFolder}/status`, /"qemu-aarch64" was removed$/],
      [
        'binfmt_misc is switched off',
        `echo 0 > ${binfmtFolder}/status`,
        /^binfmt_misc as a whole was switched off$/,
      ],
      ['binfmt_misc is unmounted', `umount ${binfmtFolder}`, /^binfmt_misc was unmounted$/],
    ])('restores when %s', async (_, script, changes) => {
      await restoredAfter(() => inGuest(script), changes);
    });

    it("brings the emulator's file back, which a running handler does not miss", async () => {
      await restoredAfter(
        (path) => inGuest(`rm ${path}`),
        /^the emulator's file .*qemu-aarch64 was removed$/,
      );
    });

    it('comes first again when another program registered later, and leaves its entry', async () => {
      await restoredAfter(
        () => registerForeign('other', 'arm64'),
        /^another program registered "other" \(\/var\/lib\/other\/other\), which takes arm64 programs first$/,
      );
      expect(await entryOf('other')).toContain('/var/lib/other/other');
    });

    it('restores all that one reset took away', async () => {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        const all = await handlers.all('service', 'on');
        expect(all.filter(({ state }) => state === 'on')).toHaveLength(7);
        await inGuest(`echo -1 > ${binfmtFolder}/status`);
        await expect
          .poll(() => Object.values(store.state.handlers).filter(({ drift }) => drift?.restores === 1))
          .toHaveLength(7);
        await expect
          .poll(() => Object.values(store.state.handlers).filter(({ state }) => state === 'on'))
          .toHaveLength(7);
        expect((await handlers.all('service', 'off')).filter(({ state }) => state === 'off')).toHaveLength(7);
        expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('register\nstatus\n');
      }, quick);
    });

    it('stops after three restores and asks, until it is switched on', async () => {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        await handlers.on('service', 'arm64');
        for (const restores of [1, 2, 3]) {
          await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
          await expect.poll(() => record('arm64')).toMatchObject({ state: 'on', drift: { restores } });
        }
        await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
        await expect.poll(() => record('arm64')).toMatchObject({ state: 'failed', drift: { stopped: true } });
        expect(record('arm64')?.error?.message).toContain('keeps changing the handler for arm64');
        await handlers.list('service');
        expect((await inGuest(`ls ${binfmtFolder}`)).stdout).toBe('register\nstatus\n');
        expect(await handlers.on('service', 'arm64')).toMatchObject({ state: 'on', drift: null });
        await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
        await expect.poll(() => record('arm64')).toMatchObject({ state: 'on', drift: { restores: 1 } });
      }, quick);
    });

    it('proves anew after the connection came back, and tells what changed meanwhile', async () => {
      await withHandlers(async (handlers) => {
        await boot(handlers);
        await handlers.on('service', 'arm64');
        await handlers.on('service', 's390x');
        await inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
        await handlers.attach(service, guest, boots);
        expect(record('arm64')).toMatchObject({
          state: 'on',
          drift: { restores: 1 },
          lastTest: { cause: 'wake' },
        });
        expect(record('s390x')).toMatchObject({ state: 'on', drift: null, lastTest: { cause: 'wake' } });
      });
    });
  });

  it('tells what runs under a handler, and what switching off breaks', async () => {
    await withHandlers(async (handlers) => {
      const process = {
        pid: 7,
        ppid: 0,
        uid: 0,
        state: 'S',
        execution: 'emulated',
        arch: 'arm64',
        emulator: 'qemu-aarch64',
        argv: ['sleep', '9'],
        rawArgv: [
          '/var/lib/foredeck/emulators/10.0.13+ds-0+deb13u1-0123456789ab/qemu-aarch64',
          '/bin/sleep',
          'sleep',
          '9',
        ],
        comm: 'sleep',
        cpuMs: 0,
        rssBytes: 0,
        threads: 1,
        startedAt: 0,
        containerId: 'abcdef0123456789',
      } as const;
      sample = {
        ...sample,
        processes: [
          { ...process, argv: [...process.argv], rawArgv: [...process.rawArgv] },
          { ...process, pid: 8, containerId: null, argv: ['uname'], rawArgv: ['/x/qemu-aarch64'] },
          { ...process, pid: 9, execution: 'native', arch: 'amd64', emulator: null, argv: [], rawArgv: [] },
        ],
      };
      await handlers.load(service);
      const use = await handlers.use('service', 'arm64');
      expect(use.containers).toEqual([
        {
          id: 'abcdef0123456789',
          name: 'abcdef012345',
          processes: [{ pid: 7, argv: ['sleep', '9'] }],
          emulatorVersions: ['10.0.13'],
        },
      ]);
      expect(use.others).toEqual([{ pid: 8, argv: ['uname'] }]);
      expect(use.consequences[0]).toBe('2 programs in 1 container go on under qemu-aarch64 until they end.');
      const none = await handlers.use('service', 's390x');
      expect(none).toMatchObject({ containers: [], others: [] });
      expect(none.consequences[0]).toBe('Nothing runs under qemu-s390x now.');
    });
  });
});
