import { chmod, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../base/log.ts';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { DiskSpace, type DiskSpaceOptions } from './disk-space.ts';
import { allocatedBytes } from './host-usage.ts';

const never = new AbortController().signal;
const mib = 1024 ** 2;

/** A program takes a second to start on a machine that does a lot else. */
const patient = { timeout: 10_000 };

/** This machine as guest, whose `fstrim` takes the zeros out of the disk's file. */
describe.skipIf(process.platform !== 'linux')('disk space', () => {
  let guest: LocalGuest;
  let store: Store;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    store = new Store(emptyState());
  });

  afterEach(async () => {
    await guest.close();
    expect(guest.alive).toBe(0);
    vi.unstubAllEnvs();
  });

  async function withDisk(
    options: Partial<DiskSpaceOptions> & { trim?: string },
    work: (space: DiskSpace, path: string, folder: string) => Promise<void>,
  ): Promise<void> {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'data.qcow2');
      await fill(path);
      const program = join(folder, 'fstrim');
      const trim = options.trim ?? `fallocate --dig-holes '${path}'`;
      await writeFile(program, `#!/bin/sh\n[ "$1" = '${folder}' ] || exit 9\n${trim}\n`);
      await chmod(program, 0o755);
      vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
      const space = new DiskSpace({ jobs: new Jobs(store), log: silentLog, ...options });
      space.attach('service', { signal: guest.signal, link: guest, path, dataFolder: folder });
      await work(space, path, folder);
    });
  }

  it('is given back on request, and says how much that was', async () => {
    await withDisk({}, async (space, path) => {
      expect(guest.commands).toEqual([]);
      const { beforeBytes, afterBytes } = await space.reclaim('service', never);
      expect(beforeBytes).toBeGreaterThanOrEqual(8 * mib);
      expect(afterBytes).toBeLessThan(mib);
      expect(afterBytes).toBe(await allocatedBytes(path));
    });
  });

  it('shows a job while it takes long, and who asks meanwhile shares it', async () => {
    const trim = 'until [ -e "$1/go" ]; do sleep 0.02; done';
    await withDisk({ trim }, async (space, _path, folder) => {
      const [one, other] = [space.reclaim('service', never), space.reclaim('service', never)];
      await new Promise<void>((resolve) => {
        const stopListening = store.listen(() => {
          if (!Object.values(store.state.jobs).some(({ phase }) => phase.startsWith('giving'))) return;
          stopListening();
          resolve();
        });
      });
      expect(Object.values(store.state.jobs)[0]).toMatchObject({ kind: 'disk', state: 'running' });
      await writeFile(join(folder, 'go'), '');
      await Promise.all([one, other]);
      expect(Object.values(store.state.jobs)).toMatchObject([{ state: 'done' }]);
      expect(guest.commands).toHaveLength(1);
    });
  });

  it('comes back by itself once for everything that was removed', async () => {
    await withDisk({ settleMs: 50 }, async (space, path) => {
      for (let removed = 0; removed < 5; removed += 1) space.freed('service');
      await expect.poll(() => allocatedBytes(path), patient).toBeLessThan(mib);
      expect(guest.commands).toHaveLength(1);
    });
  });

  it('comes back regularly, though nobody tells what was deleted', async () => {
    await withDisk({ regularMs: 20 }, async (_space, path) => {
      await expect.poll(() => allocatedBytes(path), patient).toBeLessThan(mib);
      await fill(path);
      await expect.poll(() => allocatedBytes(path), patient).toBeLessThan(mib);
    });
  });

  it('says why it does not', async () => {
    await withDisk({ trim: 'echo the discard operation is not supported >&2; exit 1' }, async (space) => {
      await expect(space.reclaim('service', never)).rejects.toMatchObject({
        code: 'guest_command_failed',
        message: expect.stringContaining('the discard operation is not supported'),
      });
    });
  });

  it('is not touched without a connection', async () => {
    await withDisk({ settleMs: 0 }, async (space) => {
      await guest.close();
      space.freed('service');
      await expect(space.reclaim('service', never)).rejects.toMatchObject({ code: 'wrong_state' });
      expect(guest.commands).toEqual([]);
    });
  });
});

/** Eight MiB of zeros which take their space. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.write(Buffer.alloc(8 * mib));
  await file.sync();
  await file.close();
}
