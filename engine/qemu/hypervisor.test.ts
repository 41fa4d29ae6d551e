import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AcceleratorTrial } from '../../contract/records.ts';
import { silentLog } from '../base/log.ts';
import { pathsUnder, type VmPaths } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';
import type { ComposedImage, Hypervisor, Machine, MachineStart, VmRecord } from '../vm/ports.ts';
import { stopMachine } from '../vm/stop-machine.ts';
import { createHypervisor } from './hypervisor.ts';
import { isQemuOf } from './qemu-process.ts';

const vm: VmRecord = {
  name: 'service',
  kind: 'service',
  arch: 'amd64',
  uuid: '6d3b42a6-0c3d-4d4e-9df0-7c1df0a5a001',
  diskGiB: 4,
  createdAt: 0,
};
const speaking = '[    0.000000] Linux version tiny\n@foredeck stage=init\n';
const never = new AbortController().signal;

interface Bench {
  readonly hypervisor: Hypervisor;
  readonly paths: VmPaths;
  readonly verdictsPath: string;
  start(image: ComposedImage, change?: Partial<MachineStart>): Promise<Machine>;
}

/** A home with room for one VM; fails when a QEMU of it is alive at the end. */
async function withBench(work: (bench: Bench, folder: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const home = pathsUnder(folder);
    const paths = home.vm('service');
    await mkdir(paths.root, { recursive: true, mode: 0o700 });
    await writeFile(paths.initrd, 'initrd');
    const pids: number[] = [];
    const hypervisor = createHypervisor({ log: silentLog, verdictsPath: home.accelerators });
    const start: Bench['start'] = async (image, change) =>
      await hypervisor.start({
        vm,
        paths,
        image,
        size: { cpus: 1, memoryMiB: 64 },
        accelerator: 'tcg',
        cpuModel: null,
        onTrial: () => undefined,
        signal: never,
        ...change,
        onSpawn: (spawned) => {
          pids.push(spawned.pid);
          change?.onSpawn?.(spawned);
        },
      });
    const endAll = async (): Promise<number[]> => {
      const alive: number[] = [];
      for (const pid of pids) if (await isQemuOf(pid, vm.uuid)) alive.push(pid);
      for (const pid of alive) process.kill(pid, 'SIGKILL');
      return alive;
    };
    try {
      await work({ hypervisor, paths, verdictsPath: home.accelerators, start }, folder);
    } catch (thrown) {
      await endAll();
      throw thrown;
    }
    expect(await endAll()).toEqual([]);
  });
}

/** The same machine for an engine of its own, which can be killed. */
const owner = join(import.meta.dirname, '../testing/qemu-owner.ts');

describe.skipIf(process.arch !== 'x64')('QEMU behind the hypervisor port', () => {
  test('boots, proves the accelerator by the guest itself, and ends without leaving anything', async () => {
    await withBench(async ({ start, paths, verdictsPath }, folder) => {
      const trials: AcceleratorTrial[] = [];
      const machine = await start(await tinyGuest(folder, { text: speaking }), {
        onTrial: (trial) => trials.push(trial),
      });
      expect(machine.accelerator).toBe('tcg');
      expect(trials).toEqual(machine.trials);
      expect(trials.at(-1)?.why).toMatch(/^the guest was up \d+\.\d s after its start$/);
      expect(await readFile(verdictsPath, 'utf8')).toContain('"works": true');
      expect(await readFile(paths.console, 'utf8')).toContain('Linux version tiny');
      expect((await stat(paths.qmpSocket)).mode & 0o777).toBe(0o600);
      expect(machine.sshPort).toBeGreaterThan(1023);

      await machine.quit();
      expect(await machine.exited).toMatchObject({ code: 0, cause: 'host-qmp-quit' });
      await expect(stat(paths.qmpSocket)).rejects.toThrow('ENOENT');
      await expect(stat(paths.run)).rejects.toThrow('ENOENT');
    });
  });

  test('finds an accelerator that works, and says why the better ones did not', async () => {
    await withBench(async ({ start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }), { accelerator: 'auto' });
      const verdicts = machine.trials.map((trial) => trial.works);
      expect(verdicts.at(-1)).toBe(true);
      expect(verdicts.slice(0, -1)).not.toContain(true);
      expect(machine.trials.at(-1)?.accelerator).toBe(machine.accelerator);
      await machine.terminate();
    });
  });

  test('a guest that resets before its init spoke is a failed boot with its last lines', async () => {
    await withBench(async ({ start }, folder) => {
      const panicking = await tinyGuest(folder, { text: '[    0.1] Kernel panic\n', end: 'reset' });
      await expect(start(panicking)).rejects.toMatchObject({
        code: 'boot_failed',
        details: { console: '[    0.1] Kernel panic' },
      });
    });
  });

  test('a start that is cancelled ends QEMU', async () => {
    await withBench(async ({ start, paths }, folder) => {
      const cancelling = new AbortController();
      const silent = await tinyGuest(folder, { text: 'firmware speaks\n' });
      const starting = start(silent, {
        signal: cancelling.signal,
        onSpawn: () => cancelling.abort(new Error('stop pressed')),
      });
      await expect(starting).rejects.toThrow('stop pressed');
      await expect(stat(paths.run)).rejects.toThrow('ENOENT');
    });
  });

  test('a guest that powers itself off says so', async () => {
    await withBench(async ({ start }, folder) => {
      const image = await tinyGuest(folder, { text: speaking, end: 'poweroff' });
      const machine = await start(image);
      expect(await machine.exited).toMatchObject({ code: 0, cause: 'guest-shutdown' });
    });
  });

  test('the stop ladder ends a guest which ignores its power button', async () => {
    await withBench(async ({ start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      const timeouts = { poweroffMs: 50, powerButtonMs: 50, quitMs: 10_000, graceMs: 10_000 };
      const exit = await stopMachine({ machine, link: null, log: silentLog, timeouts });
      expect(exit).toMatchObject({ code: 0, cause: 'host-qmp-quit' });
    });
  });

  test('the stop ladder ends a QEMU which stands still itself', async () => {
    await withBench(async ({ start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      process.kill(machine.pid, 'SIGSTOP');
      const timeouts = { poweroffMs: 50, powerButtonMs: 50, quitMs: 50, graceMs: 50 };
      const exit = await stopMachine({ machine, link: null, log: silentLog, timeouts });
      expect(exit).toMatchObject({ signal: 'SIGKILL' });
    });
  });

  test('the next engine adopts what a killed one left running, port forwards included', async () => {
    await withBench(async ({ hypervisor, paths }, folder) => {
      const { kernelPath, rootPath } = await tinyGuest(folder, { text: speaking });
      const child = fork(owner, [folder, kernelPath, rootPath, JSON.stringify(vm)], {
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const [started] = await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await isQemuOf(started.pid, vm.uuid)).toBe(true);

      const machine = await hypervisor.adopt({ vm, paths, statePublished: false, signal: never });
      expect(machine).toMatchObject({
        pid: started.pid,
        sshPort: started.sshPort,
        adopted: true,
        pause: null,
      });
      const forward = {
        protocol: 'tcp',
        hostAddress: '127.0.0.1',
        hostPort: started.forwarded,
        guestPort: 80,
      } as const;
      expect(await machine?.forwards.list()).toEqual([forward]);

      // Not our child: its exit is seen all the same.
      process.kill(started.pid, 'SIGKILL');
      expect(await machine?.exited).toMatchObject({ code: null, signal: null });
      await expect(stat(paths.run)).rejects.toThrow('ENOENT');
    });
  });

  test('a stale run file whose pid now belongs to somebody else kills nobody', async () => {
    await withBench(async ({ hypervisor, paths, start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      const run = JSON.parse(await readFile(paths.run, 'utf8'));
      await machine.terminate();
      await machine.exited;
      const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
      try {
        await writeFile(paths.run, JSON.stringify({ ...run, pid: bystander.pid }));
        await writeFile(paths.pidFile, `${bystander.pid}\n`);
        expect(await hypervisor.adopt({ vm, paths, statePublished: false, signal: never })).toBeNull();
        expect(bystander.exitCode).toBeNull();
        expect(bystander.signalCode).toBeNull();
        expect(bystander.kill(0)).toBe(true);
        await expect(stat(paths.run)).rejects.toThrow('ENOENT');
      } finally {
        bystander.kill('SIGKILL');
        await once(bystander, 'exit');
      }
    });
  });

  test('a QEMU that was left before its boot was proved is ended, not adopted', async () => {
    await withBench(async ({ hypervisor, paths, start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      const run = JSON.parse(await readFile(paths.run, 'utf8'));
      await writeFile(paths.run, JSON.stringify({ ...run, proved: false }));
      machine.detach();
      expect(await hypervisor.adopt({ vm, paths, statePublished: false, signal: never })).toBeNull();
      expect(await machine.exited).toMatchObject({ code: 0 });
    });
  });

  test('takes disks while it runs, as many as it has slots for', async () => {
    await withBench(async ({ start }, folder) => {
      const path = join(folder, 'disk.img');
      await writeFile(path, Buffer.alloc(1024 * 1024));
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      await machine.disks.plug({ path, serial: 'one' });
      await expect(machine.disks.plug({ path, serial: 'one' })).rejects.toMatchObject({
        code: 'wrong_state',
        message: 'A disk "one" is plugged in already.',
      });
      await expect(machine.disks.plug({ path: join(folder, 'none'), serial: 'none' })).rejects.toThrow(
        'No such file',
      );
      await machine.disks.plug({ path, serial: 'two' });
      await expect(machine.disks.plug({ path, serial: 'three' })).rejects.toThrow(
        'Every slot for disks is taken (one, two).',
      );

      // This guest has no system that could let go of a disk.
      const cancelling = new AbortController();
      const releasing = machine.disks.unplug('one', cancelling.signal);
      cancelling.abort(new Error('stop pressed'));
      await expect(releasing).rejects.toThrow('stop pressed');
      await machine.terminate();
    });
  });

  test('a published port that is taken is refused with the reason', async () => {
    await withBench(async ({ start }, folder) => {
      const machine = await start(await tinyGuest(folder, { text: speaking }));
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const hostPort = typeof address === 'object' && address ? address.port : 0;
      const forward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort: 80 } as const;
      try {
        await expect(machine.forwards.add(forward)).rejects.toMatchObject({
          code: 'port_taken',
          details: { errno: 'EADDRINUSE' },
        });
        await expect(machine.forwards.add({ ...forward, hostAddress: '::1' })).rejects.toMatchObject({
          code: 'bad_input',
        });
        server.close();
        await once(server, 'close');
        await machine.forwards.add(forward);
        await machine.forwards.remove(forward);
        await machine.forwards.add(forward);
        expect(await machine.forwards.list()).toEqual([forward]);
        await machine.forwards.add({ ...forward, hostPort: 0, guestPort: 81 });
        const picked = (await machine.forwards.list()).find(({ guestPort }) => guestPort === 81);
        expect(picked?.hostPort).toBeGreaterThan(0);
      } finally {
        server.close();
        await machine.terminate();
      }
    });
  });
});
