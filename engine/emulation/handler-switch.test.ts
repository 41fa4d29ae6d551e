import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  emulatorThatExits7,
  goodEmulator,
  HandlersBench,
  handlersBenchAvailable,
} from '../testing/handlers-bench.ts';

let bench: HandlersBench;

beforeEach(async () => {
  bench = await HandlersBench.start();
});

afterEach(async () => {
  await bench.close();
  expect(bench.guest.alive).toBe(0);
});

describe.skipIf(!handlersBenchAvailable)('versions of emulators', () => {
  const stable = '10.0.13+ds-0+deb13u1';
  const backports = '11.1.3+ds-1~bpo13+1';

  it('offers those of both suites', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await expect
        .poll(() => bench.record('arm64')?.choices.map(({ suite, version }) => [suite, version]))
        .toEqual([
          ['stable', stable],
          ['backports', backports],
        ]);
      expect(bench.record('arm64')?.choices[0]).toMatchObject({
        recommended: true,
        ready: false,
        current: false,
      });
      await handlers.on('service', 'arm64');
      expect(bench.record('arm64')?.choices[0]).toMatchObject({
        ready: true,
        current: true,
        previous: false,
      });
      expect(bench.record('amd64')?.choices).toEqual([]);
    });
  });

  it('switches by number and back, downloads each once, and remembers the choice', async () => {
    await bench.withHandlers(async (handlers, packages, paths) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      expect(await handlers.choose('service', 'arm64', '11.1')).toMatchObject({
        state: 'on',
        emulatorVersion: backports,
        lastTest: { ok: true, cause: 'change' },
      });
      expect(await bench.entry('qemu-aarch64')).toContain(`/${backports}-`);
      expect(bench.record('arm64')?.choices).toMatchObject([
        { suite: 'stable', ready: true, current: false, previous: true },
        { suite: 'backports', ready: true, current: true, previous: false },
      ]);

      const later = bench.newEngine(paths, packages);
      await bench.boot(later);
      expect(bench.record('arm64')).toMatchObject({ state: 'on', emulatorVersion: backports });
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
    await bench.withHandlers(async (handlers, packages) => {
      packages.backports = emulatorThatExits7;
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await expect(handlers.choose('service', 'arm64', 'backports')).rejects.toMatchObject({
        code: 'emulator_failed',
        message: expect.stringMatching(/exit code 7.*10\.0\.13.* was put back and proved again/),
      });
      expect(bench.record('arm64')).toMatchObject({
        state: 'on',
        emulatorVersion: stable,
        error: null,
        lastTest: { ok: true },
      });
      expect(await bench.entry('qemu-aarch64')).toContain(`/${stable}-`);
      expect(await handlers.on('service', 'arm64')).toMatchObject({ emulatorVersion: stable });
      // Nothing of the failed one stays on the data disk.
      await expect.poll(() => bench.versions()).not.toContain(backports);
    });
  });

  it('stays off when the chosen one does not prove itself and nothing ran before', async () => {
    await bench.withHandlers(async (handlers, packages) => {
      packages.backports = emulatorThatExits7;
      await bench.boot(handlers);
      await expect(handlers.choose('service', 'arm64', 'backports')).rejects.toMatchObject({
        message: expect.stringContaining('arm64 stays off'),
      });
      expect(bench.record('arm64')).toMatchObject({ state: 'off', wanted: false });
      expect(await bench.entryNames()).toEqual([]);
    });
  });

  it('knows no other versions, and none before the first', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await expect(handlers.choose('service', 'arm64', '9.2')).rejects.toMatchObject({
        code: 'bad_input',
        message: expect.stringContaining(`backports has ${backports}`),
      });
      await expect(handlers.choose('service', 'arm64', 'previous')).rejects.toMatchObject({
        code: 'bad_input',
      });
      await expect(handlers.choose('service', 'arm64', '1')).rejects.toMatchObject({ code: 'bad_input' });
      expect(bench.record('arm64')).toMatchObject({ state: 'off', activity: null });
    });
  });

  it('counts programs which go on under another version, and keeps that version for them', async () => {
    await bench.withHandlers(async (handlers, packages) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      const interpreter = await bench.interpreter('qemu-aarch64');
      const program = spawn('/bin/cat', { argv0: interpreter, stdio: ['pipe', 'ignore', 'ignore'] });
      await once(program, 'spawn');
      try {
        expect(await handlers.choose('service', 'arm64', '11.1')).toMatchObject({ runningUnderOthers: 1 });
        // Two further versions: what the program runs under is neither the current one nor the one before.
        packages.versions.stable = '1:10.0.14+ds-1';
        packages.content = Buffer.concat([goodEmulator, Buffer.from('point release')]);
        await handlers.choose('service', 'arm64', 'stable');
        expect(await bench.versions()).toContain(stable);
      } finally {
        program.stdin.end();
        await once(program, 'exit');
      }
      await handlers.choose('service', 'arm64', '11.1');
      await expect.poll(() => bench.versions()).not.toContain(stable);
      expect(await bench.versions()).toContain('10.0.14+ds-1');
      expect(bench.record('arm64')).toMatchObject({ runningUnderOthers: 0 });
    });
  });
});
