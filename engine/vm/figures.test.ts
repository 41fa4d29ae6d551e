import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VmFigures } from '../../contract/vm-figures.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { Figures } from './figures.ts';
import { processUsage } from './host-usage.ts';

const never = new AbortController().signal;
const mib = 1024 ** 2;

/** This machine as guest, a process of it as QEMU, and a sparse file as its disk. */
describe.skipIf(process.platform !== 'linux')('figures', () => {
  let guest: LocalGuest;
  let busy: ChildProcess;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    busy = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    await once(busy, 'spawn');
  });

  afterEach(async () => {
    busy.kill('SIGKILL');
    if (busy.signalCode === null) await once(busy, 'exit');
    expect(guest.alive).toBe(0);
    await guest.close();
  });

  async function withFigures(work: (figures: Figures) => Promise<void>): Promise<void> {
    await withTempFolder(async (folder) => {
      const dataDiskPath = join(folder, 'data.qcow2');
      const disk = await open(dataDiskPath, 'w');
      await disk.truncate(64 * mib);
      await disk.write(Buffer.alloc(mib, 1), 0, mib, 32 * mib);
      await disk.sync();
      await disk.close();
      const figures = new Figures({ intervalMs: 20 });
      figures.attach('service', {
        signal: guest.signal,
        link: guest,
        pid: busy.pid ?? 0,
        dataDiskPath,
        dataFolder: folder,
      });
      await work(figures);
    });
  }

  it('says what guest and host each see', async () => {
    await withFigures(async (figures) => {
      expect(guest.commands).toEqual([]);
      const first = await figures.sample('service');
      expect(first.memory.guestTotalBytes).toBe(totalmem());
      expect(first.memory.guestUsedBytes).toBeGreaterThan(0);
      expect(first.memory.guestUsedBytes).toBeLessThan(totalmem());
      expect(first.memory.guestCacheBytes).toBeLessThan(totalmem());
      expect(first.memory.hostResidentBytes).toBeGreaterThan(0);
      expect(first.disk.guestUsedBytes).toBeLessThan(first.disk.guestTotalBytes);
      // The file's holes take nothing.
      expect(first.disk.hostBytes).toBeGreaterThanOrEqual(mib);
      expect(first.disk.hostBytes).toBeLessThan(8 * mib);
      expect(first.cpuShare).toBeNull();
      const { cpuMs } = await processUsage(busy.pid ?? 0);
      let share = (await figures.sample('service')).cpuShare;
      while ((await processUsage(busy.pid ?? 0)).cpuMs - cpuMs < 100) {
        share = (await figures.sample('service')).cpuShare;
      }
      expect(share).not.toBeNull();
    });
  });

  it('asks the guest once for all who watch', async () => {
    await withFigures(async (figures) => {
      const [one, other] = [figures.watch('service', never), figures.watch('service', never)];
      const [first, second] = await Promise.all([one.next(), other.next()]);
      expect(second.value).toEqual(first.value);
      expect(guest.commands).toHaveLength(1);
      await one.return();
      await other.return();
    });
  });

  it('waits while the VM is away and goes on with its next connection', async () => {
    await withFigures(async (figures) => {
      const stop = new AbortController();
      const seen: VmFigures[] = [];
      const watching = (async () => {
        for await (const sample of figures.watch('service', stop.signal)) {
          seen.push(sample);
          if (seen.length === 1) await guest.close();
          else stop.abort();
        }
      })();
      await once(guest.signal, 'abort');
      await expect(figures.sample('service')).rejects.toMatchObject({ code: 'wrong_state' });
      guest = await LocalGuest.start({ privateBinfmt: false });
      const { signal } = guest;
      figures.attach('service', {
        signal,
        link: guest,
        pid: process.pid,
        dataDiskPath: '/bin/sh',
        dataFolder: '/',
      });
      await watching;
      expect(seen).toHaveLength(2);
    });
  });

  it('refuses a VM that is not connected', async () => {
    await expect(new Figures().sample('service')).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(new Figures().watch('service', never).next()).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('reads the same of a process from /proc and from ps', async () => {
    busy.kill('SIGSTOP');
    const pid = busy.pid ?? 0;
    const fromProc = await processUsage(pid, 'linux');
    const fromPs = await processUsage(pid, 'darwin');
    expect(fromPs.residentBytes).toBe(fromProc.residentBytes);
    // ps counts whole seconds here.
    expect(Math.abs(fromPs.cpuMs - fromProc.cpuMs)).toBeLessThanOrEqual(1_000);
    busy.kill('SIGKILL');
    await once(busy, 'exit');
    await expect(processUsage(pid, 'linux')).rejects.toMatchObject({ code: 'qemu_failed' });
  });
});
