import { copyFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../base/engine-error.ts';
import { booting } from '../testing/engine-double.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';
import { withHome } from '../testing/with-vms-home.ts';

const never = new AbortController().signal;

describe.skipIf(process.arch !== 'x64')('Vms', () => {
  test('a start ends in a running VM with its boot told; a stop leaves nothing', async () => {
    await withHome(booting, async ({ vms }) => {
      const [first, second] = await Promise.all([vms.start('service'), vms.start('service')]);
      expect(second).toBe(first);
      expect(first).toMatchObject({ state: 'running', accelerator: 'tcg', error: null, adopted: false });
      expect(first.boot.stages.filter((stage) => stage.atMs === null)).toEqual([]);
      expect(first.endpoints.sshPort).toBeGreaterThan(1_023);
      expect(vms.link('service').signal.aborted).toBe(false);
      expect(await vms.consoleLines('service', 2)).toEqual([
        '@foredeck stage=containerd',
        '@foredeck stage=dockerd',
      ]);
      expect(await vms.stop('service')).toMatchObject({ state: 'stopped', pid: null });
      expect(() => vms.link('service')).toThrow(expect.objectContaining({ code: 'wrong_state' }));
    });
  });

  test('stop during start aborts it, waits until it has unwound, then stops', async () => {
    await withHome('firmware\n', async (engine) => {
      const start = engine.vms.start('service');
      const cancelled = expect(start).rejects.toMatchObject({ code: 'cancelled' });
      await engine.seen((vm) => vm.pid !== null);
      expect(await engine.vms.stop('service')).toMatchObject({ state: 'stopped', pid: null, error: null });
      await cancelled;
    });
  });

  test('start right after that stop starts anew', async () => {
    await withHome(booting, async (engine) => {
      const cancelled = expect(engine.vms.start('service')).rejects.toMatchObject({ code: 'cancelled' });
      const stop = engine.vms.stop('service');
      const start = engine.vms.start('service');
      await Promise.all([cancelled, stop]);
      expect(await start).toMatchObject({ state: 'running' });
      await engine.vms.stop('service');
    });
  });

  test('a lost connection degrades the VM and is rebuilt with its services in a fresh scope', async () => {
    await withHome(booting, async (engine) => {
      await engine.vms.start('service');
      const degraded = engine.inState('degraded');
      engine.guest.cutConnection();
      expect((await degraded).error).toMatchObject({ code: 'ssh_failed' });
      await engine.inState('running');
      const [first, second] = engine.guest.scopes;
      expect(engine.guest.scopes).toHaveLength(2);
      expect([first?.closed, second?.closed]).toEqual([true, false]);
      await engine.vms.stop('service');
      expect(second?.closed).toBe(true);
    });
  });

  test('an emulated guest that crashes while it boots is started again, and the crash is told', async () => {
    await withHome({ text: '[    0.1] Kernel panic\n', end: 'reset' }, async (engine) => {
      await withTempFolder(async (folder) => {
        const sound = await tinyGuest(folder, { text: booting });
        const starting = engine.vms.start('service');
        await engine.seen((vm) => {
          const crashed = vm.acceleratorTrials.some((trial) => !trial.works);
          if (crashed) copyFileSync(sound.kernelPath, engine.image.kernelPath);
          return crashed;
        });
        await starting;
        expect(engine.vm).toMatchObject({ state: 'running', error: null });
        expect(engine.vm.acceleratorTrials.map((trial) => trial.works)).toEqual([false, true]);
        await engine.vms.stop('service');
      });
    });
  });

  test('a killed QEMU makes the VM broken, with its last words; one start mends it', async () => {
    await withHome(booting, async (engine) => {
      await engine.vms.start('service');
      engine.kill('SIGKILL');
      const broken = await engine.inState('broken');
      expect(broken).toMatchObject({ pid: null, endpoints: { sshPort: null } });
      expect(broken.error).toMatchObject({
        code: 'qemu_failed',
        message: 'VM "service" stopped running: its QEMU ended by SIGKILL.',
        details: { console: expect.stringContaining('@foredeck stage=dockerd') },
      });
      expect(await engine.vms.start('service')).toMatchObject({ state: 'running', error: null });
      await engine.vms.stop('service');
    });
  });

  test('services that fail leave the VM degraded with its shell; a start tries them again', async () => {
    await withHome(booting, async (engine) => {
      engine.guest.failing = new EngineError({ code: 'docker_unreachable', message: 'no Docker' });
      await expect(engine.vms.start('service')).rejects.toMatchObject({ code: 'docker_unreachable' });
      expect(engine.vm).toMatchObject({ state: 'degraded', error: { code: 'docker_unreachable' } });
      expect(engine.vms.link('service').signal.aborted).toBe(false);
      engine.guest.failing = undefined;
      expect(await engine.vms.start('service')).toMatchObject({ state: 'running', error: null });
      await engine.vms.stop('service');
    });
  });

  test('a guest without its data is a failed boot that says why', async () => {
    const problem = '@foredeck problem=disks the file system on /dev/vdb needs a manual e2fsck\n';
    await withHome(`@foredeck stage=init\n${problem}`, async (engine) => {
      await expect(engine.vms.start('service')).rejects.toMatchObject({ code: 'boot_failed' });
      expect(engine.vm).toMatchObject({ state: 'broken', pid: null });
      expect(engine.vm.error?.message).toContain('needs a manual e2fsck');
    });
  });

  test('a guest that gives up says why, though its kernel has the last word', async () => {
    const panic = 'Call Trace\n'.repeat(60);
    const text = `@foredeck stage=init\n@foredeck problem=init no disk with serial "root"\n${panic}`;
    await withHome({ text, end: 'reset' }, async (engine) => {
      await expect(engine.vms.start('service')).rejects.toMatchObject({ code: 'boot_failed' });
      expect(engine.vm).toMatchObject({ state: 'broken', pid: null });
      expect(JSON.stringify(engine.vm.error)).toContain('no disk with serial');
    });
  });

  test('a VM which one engine lets go is taken over by the next, still running', async () => {
    await withHome(booting, async (engine, nextEngine) => {
      const { pid, endpoints, boot } = await engine.vms.start('service');
      await engine.vms.detachAll();
      const next = await nextEngine();
      expect(await next.vms.adoptAll(never)).toEqual(['service']);
      const adopted = await next.inState('running');
      expect(adopted).toMatchObject({ pid, adopted: true, accelerator: 'tcg', boot });
      expect(adopted.endpoints.sshPort).toBe(endpoints.sshPort);
      expect(next.guest.scopes).toHaveLength(1);
      await next.vms.stop('service');
    });
  });

  test('an unknown VM is named with those there are', async () => {
    await withHome(booting, async ({ vms }) => {
      await expect(vms.start('dev')).rejects.toMatchObject({
        code: 'unknown_vm',
        message: 'There is no VM "dev".',
        hint: 'These exist: service.',
      });
    });
  });
});
