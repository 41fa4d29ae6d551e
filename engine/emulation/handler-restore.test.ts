import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HandlersBench, handlersBenchAvailable } from '../testing/handlers-bench.ts';
import { binfmtFolder } from './binfmt-entry.ts';

let bench: HandlersBench;

beforeEach(async () => {
  bench = await HandlersBench.start();
});

afterEach(async () => {
  await bench.close();
  expect(bench.guest.alive).toBe(0);
});

describe.skipIf(!handlersBenchAvailable)('drift', () => {
  /** The guard's own looks come too late: the kernel has to tell of changes. */
  const told = { guardIntervalMs: 3_600_000 };

  /** Switches arm64 on, has somebody change something, and waits until it stands again. */
  async function restoredAfter(
    change: (path: string) => Promise<unknown>,
    changes: RegExp,
    options: { guardIntervalMs: number } = told,
  ): Promise<void> {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      const path = await bench.interpreter('qemu-aarch64');
      await change(path);
      await expect
        .poll(() => bench.record('arm64'))
        .toMatchObject({
          state: 'on',
          error: null,
          drift: { restores: 1, stopped: false, changes: [expect.stringMatching(changes)] },
          lastTest: { ok: true, cause: 'drift' },
        });
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: true, cause: 'request' });
      expect((await bench.inGuest(`test -s ${path}`)).code).toBe(0);
    }, options);
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
    await restoredAfter(() => bench.inGuest(script), changes);
  });

  it('restores when something is mounted on top, of which the kernel does not tell', async () => {
    await restoredAfter(
      () => bench.inGuest(`mount -t tmpfs tmpfs ${binfmtFolder}`),
      /^binfmt_misc was unmounted$/,
      { guardIntervalMs: 50 },
    );
  });

  it("brings the emulator's file back, which a running handler does not miss", async () => {
    await restoredAfter(
      (path) => bench.inGuest(`rm ${path}`),
      /^the emulator's file .*qemu-aarch64 was removed$/,
    );
  });

  it('comes first again when another program registered later, and leaves its entry', async () => {
    await restoredAfter(
      () => bench.registerForeign('other', 'arm64'),
      /^another program registered "other" \(\/var\/lib\/other\/other\), which takes arm64 programs first$/,
    );
    expect(await bench.entry('other')).toContain('/var/lib/other/other');
  });

  it('restores all that one reset took away', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      const all = await handlers.all('service', 'on');
      expect(all.filter(({ state }) => state === 'on')).toHaveLength(7);
      await bench.inGuest(`echo -1 > ${binfmtFolder}/status`);
      await expect
        .poll(() => Object.values(bench.store.state.handlers).filter(({ drift }) => drift?.restores === 1))
        .toHaveLength(7);
      await expect
        .poll(() => Object.values(bench.store.state.handlers).filter(({ state }) => state === 'on'))
        .toHaveLength(7);
      expect((await handlers.all('service', 'off')).filter(({ state }) => state === 'off')).toHaveLength(7);
      expect(await bench.entryNames()).toEqual([]);
    }, told);
  });

  it('stops after three restores and asks, until it is switched on', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      for (const restores of [1, 2, 3]) {
        await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
        await expect.poll(() => bench.record('arm64')).toMatchObject({ state: 'on', drift: { restores } });
      }
      await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      await expect
        .poll(() => bench.record('arm64'))
        .toMatchObject({ state: 'failed', drift: { stopped: true } });
      expect(bench.record('arm64')?.error?.message).toContain('keeps changing the handler for arm64');
      await handlers.list('service');
      expect(await handlers.test('service', 'arm64')).toMatchObject({ ok: false });
      expect(bench.record('arm64')?.error?.message).toContain('keeps changing');
      expect(await bench.entryNames()).toEqual([]);
      expect(await handlers.on('service', 'arm64')).toMatchObject({ state: 'on', drift: null });
      await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      await expect.poll(() => bench.record('arm64')).toMatchObject({ state: 'on', drift: { restores: 1 } });
    }, told);
  });

  it('proves anew after the connection came back, and tells what changed meanwhile', async () => {
    await bench.withHandlers(async (handlers) => {
      await bench.boot(handlers);
      await handlers.on('service', 'arm64');
      await handlers.on('service', 's390x');
      await bench.inGuest(`echo -1 > ${binfmtFolder}/qemu-aarch64`);
      await handlers.attach(bench.vm, bench.guest, bench.bootedAt);
      expect(bench.record('arm64')).toMatchObject({
        state: 'on',
        drift: { restores: 1 },
        lastTest: { cause: 'wake' },
      });
      expect(bench.record('s390x')).toMatchObject({ state: 'on', drift: null, lastTest: { cause: 'wake' } });
    });
  });
});
