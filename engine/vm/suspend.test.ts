import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../base/engine-error.ts';
import { pathsUnder } from '../paths.ts';
import { callingLog } from '../testing/calling-log.ts';
import { booting, type EngineDouble } from '../testing/engine-double.ts';
import { withHome } from '../testing/with-vms-home.ts';

const never = new AbortController().signal;

/** A guest that boots and then counts in letters on its console. */
const counting = { text: booting, end: 'count' } as const;

/** An engine of its own, which kills itself where it is told to. */
const owner = join(import.meta.dirname, '../testing/vms-owner.ts');

const alphabet = 'abcdefghijklmnopqrstuvwxyz';

const service = (home: string) => pathsUnder(home).vm('service');

/** The letters so far. */
async function letters(home: string): Promise<string> {
  const console = await readFile(service(home).console, 'utf8');
  return console
    .split(/\r?\n/)
    .filter((line) => /^[a-z]$/.test(line))
    .join('');
}

/** What the guest has said when it has counted on by some letters; each of them follows the one before. */
async function countsOn(home: string): Promise<string> {
  const { length } = await letters(home);
  const counted = { timeout: 30_000, interval: 20 };
  await expect.poll(async () => (await letters(home)).length, counted).toBeGreaterThan(length + 2);
  const now = await letters(home);
  expect(now).toBe(alphabet.repeat(Math.ceil(now.length / 26)).slice(0, now.length));
  return now;
}

async function stateFiles(home: string): Promise<string[]> {
  return (await readdir(service(home).stateFolder)).sort();
}

const suspend = (engine: EngineDouble) => engine.vms.stop('service', 'suspend');

describe.skipIf(process.arch !== 'x64')('suspending', { timeout: 60_000 }, () => {
  test('keeps the guest in a file and lets it go on where it was, once', async () => {
    await withHome(counting, async (engine, nextEngine, home) => {
      const { pid } = await engine.vms.start('service');
      await countsOn(home);
      const suspended = await suspend(engine);
      expect(suspended).toMatchObject({ state: 'suspended', pid: null, savedState: { problem: null } });
      expect(suspended.savedState?.bytes).toBeGreaterThan(0);
      expect(engine.guest.commands.join()).toMatch(/^sh -c \s*sync\s[^,]*fsfreeze/);
      expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG', 'manifest.json', 'memory']);
      expect((await stat(service(home).savedMemory)).mode & 0o777).toBe(0o600);
      const said = await letters(home);

      const next = await nextEngine();
      expect(next.vm).toMatchObject({ state: 'suspended', savedState: suspended.savedState });
      const resumed = await next.vms.start('service');
      expect(resumed).toMatchObject({ state: 'running', savedState: null, error: null });
      expect(resumed.boot.stages.map(({ id }) => id)).toEqual(['qemu', 'ssh', 'docker', 'emulators']);
      expect(resumed.boot.stages.filter(({ atMs }) => atMs === null)).toEqual([]);
      expect(next.guest.commands.join()).toContain('date -u -s');
      expect((await countsOn(home)).startsWith(said)).toBe(true);
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);

      expect(await suspend(next)).toMatchObject({ state: 'suspended' });
      expect(await next.vms.start('service')).toMatchObject({ state: 'running' });
      await countsOn(home);
      await next.vms.stop('service', 'shut-down');
    });
  });

  test('a memory that was used is never used again, not even when its files are put back', async () => {
    await withHome(counting, async (engine, nextEngine, home) => {
      const { savedManifest, savedMemory } = service(home);
      await engine.vms.start('service');
      await suspend(engine);
      const manifest = await readFile(savedManifest);
      const memory = await readFile(savedMemory);
      await engine.vms.start('service');
      await engine.vms.stop('service', 'shut-down');
      await writeFile(savedManifest, manifest);
      await writeFile(savedMemory, memory);
      const next = await nextEngine();
      expect(next.vm).toMatchObject({ state: 'stopped', savedState: null });
      await next.vms.adoptAll(never);
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);
    });
  });

  test('what does not fit any more is refused by name and kept, until it is discarded', async () => {
    await withHome(counting, async (engine, nextEngine, home) => {
      await engine.vms.start('service');
      await suspend(engine);
      engine.settings = { ...engine.settings, cpuModel: 'Westmere', memoryMiB: 1024 };
      await expect(engine.vms.start('service')).rejects.toMatchObject({
        code: 'saved_state_unusable',
        message: expect.stringContaining('and the settings say Westmere'),
        hint: expect.stringContaining('--discard-state'),
      });
      const problem = { code: 'saved_state_unusable' };
      expect(engine.vm).toMatchObject({ state: 'suspended', error: null, savedState: { problem } });
      await expect(engine.vms.restart('service')).rejects.toMatchObject({ code: 'wrong_state' });
      expect(await engine.vms.stop('service')).toMatchObject({ state: 'suspended' });

      // Memory and processors are the guest's own; other settings count from the next boot on.
      engine.settings = { ...engine.settings, cpuModel: null };
      const next = await nextEngine();
      next.settings = { ...next.settings, memoryMiB: 1024 };
      expect(await next.vms.start('service')).toMatchObject({ memoryBytes: 512 * 1024 ** 2 });
      await suspend(next);

      await writeFile(service(home).dataDisk, 'x', { flag: 'a' });
      await expect(next.vms.start('service')).rejects.toThrow('its data disk has been changed since');
      await rm(service(home).savedMemory);
      await expect(next.vms.start('service')).rejects.toThrow('the file of its memory is gone');
      expect(await next.vms.discardState('service')).toMatchObject({ state: 'stopped', savedState: null });
      await expect(next.vms.discardState('service')).rejects.toMatchObject({ code: 'wrong_state' });
    });
  });

  test('a start that discards boots', async () => {
    await withHome(counting, async (engine, _nextEngine, home) => {
      await engine.vms.start('service');
      await suspend(engine);
      const { boot } = await engine.vms.start('service', { discardState: true });
      expect(boot.stages.map(({ id }) => id)).toContain('kernel');
      await countsOn(home);
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);
      await engine.vms.stop('service');
    });
  });

  test('a memory that cannot be written leaves the guest running', async () => {
    await withHome(counting, async (engine, nextEngine, home) => {
      const fills = callingLog((message) => {
        // A device which takes nothing.
        if (message === 'suspend: stopped') void symlink('/dev/full', service(home).savedMemory);
      });
      const next = await nextEngine(fills);
      const { pid } = await next.vms.start('service');
      const said = await countsOn(home);
      await expect(suspend(next)).rejects.toMatchObject({
        code: 'suspend_failed',
        message: expect.stringContaining("QEMU's migrate failed"),
        hint: expect.stringContaining('--shut-down'),
      });
      expect(await next.inState('running')).toMatchObject({ pid, savedState: null });
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);
      expect((await countsOn(home)).startsWith(said)).toBe(true);
      await next.vms.stopAll();
      expect(engine.vm.state).toBe('stopped');
    });
  });

  test('a guest with a plugged disk is not suspended, but shut down where it has to end', async () => {
    await withHome(counting, async (engine, _nextEngine, home) => {
      const { disks } = pathsUnder(home);
      engine.settings = { ...engine.settings, stopBy: 'suspend' };
      await engine.vms.start('service');
      await writeFile(join(home, 'one.img'), Buffer.alloc(1024 * 1024));
      await symlink(home, disks);
      await engine.vms.plugDisk('service', 'one');
      await expect(engine.vms.stop('service')).rejects.toThrow('disks are plugged in (one)');
      expect(engine.vm.state).toBe('running');
      expect(engine.guest.scopes).toHaveLength(1);
      await engine.vms.stopAll();
      expect(engine.vm.state).toBe('stopped');
    });
  });

  test('a guest that was resumed a moment ago is suspended again, not shut down', async () => {
    await withHome(counting, async (engine, nextEngine, home) => {
      await engine.vms.start('service');
      await suspend(engine);
      const stopping: Promise<unknown>[] = [];
      const next = await nextEngine(
        callingLog((message) => {
          // The connection does not stand yet.
          if (message === 'resume: running' && stopping.length === 0) stopping.push(suspend(next));
        }),
      );
      const said = await letters(home);
      await next.vms.start('service');
      expect(await Promise.all(stopping)).toEqual([expect.objectContaining({ state: 'suspended' })]);
      await next.vms.start('service');
      expect((await countsOn(home)).startsWith(said)).toBe(true);
      await next.vms.stop('service', 'shut-down');
    });
  });

  test('a guest whose services cannot be reached is left running, with what is wrong', async () => {
    await withHome(counting, async (engine) => {
      engine.guest.failing = new EngineError({ code: 'docker_unreachable', message: 'no Docker.' });
      await engine.vms.start('service').catch(() => undefined);
      await expect(suspend(engine)).rejects.toMatchObject({
        code: 'suspend_failed',
        message: expect.stringContaining('no Docker. It runs on.'),
      });
      expect(engine.vm).toMatchObject({ state: 'degraded', error: { code: 'docker_unreachable' } });
      await engine.vms.stopAll();
      expect(engine.vm).toMatchObject({ state: 'stopped', savedState: null });
    });
  });

  test('a guest that cannot be suspended in time is shut down where it has to end', async () => {
    await withHome(counting, async (engine) => {
      engine.settings = { ...engine.settings, stopBy: 'suspend' };
      await engine.vms.start('service');
      await engine.vms.stopAll({ suspendWithinMs: 1 });
      expect(engine.vm).toMatchObject({ state: 'stopped', savedState: null });
    });
  });
});

/** Where the memory is, should either side die there; `null`: the guest boots. */
const steps = [
  { step: 'suspend: guest synced', engineDies: 'goes on', qemuDies: 'boots' },
  { step: 'suspend: stopped', engineDies: 'goes on', qemuDies: 'boots' },
  { step: 'suspend: saved', engineDies: 'goes on', qemuDies: 'goes on' },
  { step: 'suspend: on disk', engineDies: 'goes on', qemuDies: 'goes on' },
  { step: 'suspend: published', engineDies: 'goes on', qemuDies: 'goes on' },
  { step: 'resume: loaded', engineDies: 'goes on', qemuDies: 'boots' },
  { step: 'resume: consumed', engineDies: 'goes on', qemuDies: 'boots' },
  { step: 'resume: running', engineDies: 'goes on', qemuDies: 'boots' },
] as const;

describe.skipIf(process.arch !== 'x64')('killed while suspending and resuming', { timeout: 60_000 }, () => {
  test.each(steps)('engine at "$step": the guest $engineDies', async ({ step }) => {
    await withHome(counting, async (_engine, nextEngine, home) => {
      const child = fork(owner, [home, step], {
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const [code, signal] = await once(child, 'exit');
      expect([code, signal]).toEqual([null, 'SIGKILL']);
      const said = await letters(home);

      const next = await nextEngine();
      await next.vms.adoptAll(never);
      expect(await next.vms.start('service')).toMatchObject({ state: 'running', savedState: null });
      expect((await countsOn(home)).startsWith(said)).toBe(true);
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);
      await next.vms.stop('service');
    });
  });

  test.each(steps)('QEMU at "$step": the guest $qemuDies', async ({ step, qemuDies }) => {
    await withHome(counting, async (_engine, nextEngine, home) => {
      let armed = true;
      const engine = await nextEngine(
        callingLog((message) => {
          if (message !== step || !armed) return;
          armed = false;
          engine.kill('SIGKILL');
        }),
      );
      await engine.vms.start('service');
      await countsOn(home);
      const suspending = suspend(engine);
      if (step.startsWith('resume')) {
        await suspending;
        await engine.vms.start('service').catch(() => undefined);
      } else {
        await suspending.catch(() => undefined);
      }
      expect(armed).toBe(false);
      await engine.seen(({ pid }) => pid === null);
      const said = await letters(home);
      const { boot } = await engine.vms.start('service');
      expect(engine.vm).toMatchObject({ state: 'running', savedState: null });
      expect(boot.stages.some(({ id }) => id === 'kernel')).toBe(qemuDies === 'boots');
      const now = await countsOn(home);
      if (qemuDies === 'goes on') expect(now.startsWith(said)).toBe(true);
      expect(await stateFiles(home)).toEqual(['CACHEDIR.TAG']);
      await engine.vms.stop('service');
    });
  });
});
