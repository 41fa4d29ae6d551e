import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../base/engine-error.ts';
import {
  emulatorThatCrashes,
  emulatorThatExits7,
  goodEmulator,
  HandlersBench,
  handlersBenchAvailable,
} from '../testing/handlers-bench.ts';
import { archRow } from './arch-table.ts';
import { binfmtFolder, parseBinfmtEntry, registerString } from './binfmt-entry.ts';
import { exitStub } from './self-test/exit-stub.ts';

let bench: HandlersBench;

beforeEach(async () => {
  bench = await HandlersBench.start();
});

afterEach(async () => {
  await bench.close();
  expect(bench.guest.alive).toBe(0);
});

describe.skipIf(!handlersBenchAvailable)('handlers', () => {
  it('knows nothing of a VM that is away, but its own processor', async () => {
    await bench.withHandlers(async (handlers) => {
      await handlers.load(bench.vm);
      expect(bench.record('amd64')).toMatchObject({ state: 'native', wanted: false });
      expect(bench.record('386')).toMatchObject({ state: 'native' });
      expect(bench.record('arm64')).toMatchObject({ state: 'unknown', wanted: false });
      await expect(handlers.on('service', 'arm64')).rejects.toMatchObject({ code: 'wrong_state' });
      await expect(handlers.on('dev', 'arm64')).rejects.toMatchObject({ code: 'unknown_vm' });
      await expect(handlers.off('service', 'amd64')).rejects.toMatchObject({ code: 'wrong_state' });
    });
  });

  it('switches on, proves it, and switches off again', async () => {
    await bench.withHandlers(async (handlers) => {
      expect(await bench.boot(handlers)).toEqual([]);
      expect(bench.record('arm64')).toMatchObject({ state: 'off' });

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
      expect(on).toEqual(bench.record('arm64'));
      expect((await bench.inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout).toMatch(
        /^enabled\ninterpreter \/var\/lib\/foredeck\/emulators\/10\.0\.13\+ds-0\+deb13u1-[0-9a-f]{12}\/qemu-aarch64\nflags: POCF\n/,
      );

      expect(await handlers.off('service', 'arm64')).toMatchObject({
        state: 'off',
        wanted: false,
        flags: null,
      });
      expect(await bench.entryNames()).toEqual([]);
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: false });
      expect(bench.record('arm64')).toMatchObject({ state: 'off', error: null });
    });
  });

  it('uploads an emulator once', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 's390x');
      await handlers.off('service', 's390x');
      bench.guest.commands.length = 0;
      await handlers.on('service', 's390x');
      expect(bench.guest.commands.map((command) => command[0])).toEqual(['perl', 'perl']);
    });
  });

  it('restores what is wanted after a restart of VM and engine, without any package', async () => {
    await bench.withHandlers(async (handlers, packages, paths) => {
      await bench.boot(handlers);
      await Promise.all([handlers.on('service', 'arm64'), handlers.on('service', 'riscv64')]);
      await handlers.off('service', 'riscv64');
      await bench.inGuest(`echo -1 > ${binfmtFolder}/status`);

      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      const fetchesBefore = packages.fetches;
      const later = bench.newEngine(paths, packages);
      bench.guest.commands.length = 0;
      expect(await bench.boot(later)).toEqual([]);
      expect(bench.record('arm64')).toMatchObject({ state: 'on', wanted: true, flags: 'POCF' });
      expect(bench.record('riscv64')).toMatchObject({ state: 'off', wanted: false });
      expect(packages.fetches).toBe(fetchesBefore);
      expect(bench.trips()).toHaveLength(1);
      // Offline, a click works as well.
      expect(await later.on('service', 'arm64')).toMatchObject({ state: 'on' });
    });
  });

  it('brings an emulator again when the data disk has lost it', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await bench.inGuest(`echo -1 > ${binfmtFolder}/status; rm -r /var/lib/foredeck`);
      expect(await bench.boot(handlers)).toEqual([]);
      await expect.poll(() => bench.record('arm64')?.state).toBe('on');
    });
  });

  it('heals an entry which something else removed or changed', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: false });
      expect(bench.record('arm64')).toMatchObject({ state: 'failed', error: { code: 'emulator_failed' } });
      await handlers.list('service');
      expect(bench.record('arm64')).toMatchObject({ state: 'on', error: null });
      await bench.inGuest(`echo 0 > ${binfmtFolder}/qemu-aarch64`);
      const listed = await handlers.list('service');
      expect(listed.find((handler) => handler.arch === 'arm64')).toMatchObject({ state: 'on' });
    });
  });

  it('heals when somebody else has read the entries, and asks the guest nothing when all is well', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      const text = (await bench.inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout;
      const entry = parseBinfmtEntry('qemu-aarch64', text);
      if (!entry) throw new Error('an entry was registered');
      bench.guest.commands.length = 0;
      handlers.entriesSeen('service', [entry]);
      // Trips follow one another, so a needless one would have come before this.
      await handlers.test('service', 'arm64');
      expect(bench.trips()).toHaveLength(1);

      await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      handlers.entriesSeen('service', []);
      await expect
        .poll(async () => (await bench.inGuest(`ls ${binfmtFolder}`)).stdout)
        .toContain('qemu-aarch64');
    });
  });

  it("never removes another program's entry, and reports it", async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.guest.writeFile('/var/lib/other/qemu-aarch64', goodEmulator, { mode: 0o755 });
      const foreign = registerString(archRow('arm64'), 'qemu-aarch64', '/var/lib/other/qemu-aarch64');
      await bench.guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], { input: foreign });
      await bench.boot(handlers);
      expect(bench.record('arm64')).toMatchObject({
        state: 'off',
        error: { details: { interpreter: '/var/lib/other/qemu-aarch64' } },
      });

      expect(await handlers.on('service', 'arm64')).toMatchObject({ state: 'on', error: null });
      expect((await bench.inGuest(`ls ${binfmtFolder}`)).stdout).toBe(
        'foredeck-qemu-aarch64\nqemu-aarch64\nregister\nstatus\n',
      );
      const off = await handlers.off('service', 'arm64');
      expect(off).toMatchObject({ state: 'off', error: { code: 'emulator_failed' } });
      expect((await bench.inGuest(`ls ${binfmtFolder}`)).stdout).toBe('qemu-aarch64\nregister\nstatus\n');
    });
  });

  it('sees an entry that came later and takes its programs', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await bench.guest.writeFile('/var/lib/other/q', goodEmulator, { mode: 0o755 });
      const foreign = registerString(archRow('arm64'), 'other', '/var/lib/other/q');
      await bench.guest.exec(['sh', '-c', `cat > ${binfmtFolder}/register`], { input: foreign });
      const test = await handlers.test('service', 'arm64');
      expect(test.steps.find((step) => !step.ok)).toMatchObject({ id: 'order' });
    });
  });

  it.each([
    ['exits with something else', emulatorThatExits7, 'exit code 7 instead of 42'],
    ['crashes', emulatorThatCrashes, 'illegal instruction'],
  ])('does not call an emulator on that %s', async (_, content, words) => {
    await bench.withHandlers(async (handlers, packages) => {
      packages.content = content;
      await bench.boot(handlers);
      await expect(handlers.on('service', 'loong64')).rejects.toMatchObject({
        code: 'emulator_failed',
        message: expect.stringContaining(words),
      });
      expect(bench.record('loong64')).toMatchObject({
        state: 'failed',
        wanted: true,
        lastTest: { ok: false },
      });
      expect(await bench.entryNames()).toEqual([]);
    });
  });

  it('refuses an emulator for another processor', async () => {
    await bench.withHandlers(async (handlers, packages) => {
      packages.content = exitStub(archRow('arm64'));
      await bench.boot(handlers);
      await expect(handlers.on('service', 'ppc64le')).rejects.toMatchObject({ code: 'emulator_failed' });
      expect(bench.guest.commands.filter((command) => command[0] !== 'perl')).toEqual([]);
    });
  });

  it('says why when packages cannot be had, and keeps the wish', async () => {
    await bench.withHandlers(async (handlers, packages) => {
      packages.failure = new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
      await bench.boot(handlers);
      await expect(handlers.on('service', 'arm64')).rejects.toMatchObject({ code: 'mirror_unreachable' });
      expect(bench.record('arm64')).toMatchObject({
        state: 'failed',
        wanted: true,
        error: { code: 'mirror_unreachable' },
      });
    });
  });

  it('shares the same click and lets off cancel on', async () => {
    await bench.withHandlers(async (handlers, packages) => {
      await bench.boot(handlers);
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
      expect(Object.values(bench.store.state.jobs).map((job) => job.state)).toEqual(['cancelled']);
    });
  });

  it('does not know any more once the VM is away, and still takes an off', async () => {
    await bench.withHandlers(async (handlers, packages, paths) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await bench.guest.close();
      expect(bench.record('arm64')).toMatchObject({ state: 'unknown', wanted: true, flags: null });
      expect(await handlers.off('service', 'arm64')).toMatchObject({ state: 'unknown', wanted: false });
      const later = bench.newEngine(paths, packages);
      await later.load(bench.vm);
      expect(bench.record('arm64')).toMatchObject({ wanted: false });
    });
  });

  it('says that programs go on which run under a handler switched off', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      const entry = (await bench.inGuest(`cat ${binfmtFolder}/qemu-aarch64`)).stdout;
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

  it('tells what runs under a handler, and what switching off breaks', async () => {
    await bench.withHandlers(async (handlers) => {
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
      bench.sample = {
        ...bench.sample,
        processes: [
          { ...process, argv: [...process.argv], rawArgv: [...process.rawArgv] },
          { ...process, pid: 8, containerId: null, argv: ['uname'], rawArgv: ['/x/qemu-aarch64'] },
          { ...process, pid: 9, execution: 'native', arch: 'amd64', emulator: null, argv: [], rawArgv: [] },
        ],
      };
      await handlers.load(bench.vm);
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
