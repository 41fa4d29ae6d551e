import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withTempFolder } from '../testing/temp-folder.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';
import { allocatedBytes } from '../vm/host-usage.ts';
import { commandLine } from './command-line.ts';
import { ensureDataDisk } from './data-disk.ts';
import { findQemu } from './find-qemu.ts';
import { spawnQemu } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import { resizeDataDisk } from './resize-disk.ts';

const signal = new AbortController().signal;
const mib = 1024 ** 2;
const gib = 1024 ** 3;

const Blocks = z.array(
  z.object({
    device: z.string(),
    inserted: z.object({ image: z.object({ 'virtual-size': z.number() }) }).optional(),
  }),
);

/** A QEMU as the engine starts it, with a data disk of 4 GiB; it must be gone at the end. */
async function withQemu(work: (qmp: QmpClient, dataDisk: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const image = await tinyGuest(folder, { text: 'up\n' });
    const dataDiskPath = join(folder, 'data, with a comma.qcow2');
    await ensureDataDisk({ path: dataDiskPath, sizeGiB: 4, signal });
    const qmpSocketPath = join(folder, 'qmp.sock');
    const qemu = await findQemu({ arch: 'amd64', signal });
    const args = commandLine({
      arch: 'amd64',
      accelerator: 'tcg',
      cpuModel: null,
      name: 'service',
      uuid: '6d3b42a6-0c3d-4d4e-9df0-7c1df0a5a0d1',
      size: { cpus: 1, memoryMiB: 64 },
      kernelPath: image.kernelPath,
      initrdPath: image.initrdPath,
      kernelCommandLine: '',
      rootPath: image.rootPath,
      dataDiskPath,
      consolePath: join(folder, 'console.log'),
      qmpSocketPath,
      pidFilePath: join(folder, 'qemu.pid'),
      memoryIsShared: false,
      folderSocketPath: null,
    });
    const process = await spawnQemu({ path: qemu.path, args, logPath: join(folder, 'qemu.log') });
    try {
      const qmp = await QmpClient.connect({ path: qmpSocketPath, timeoutMs: 20_000, signal });
      await work(qmp, dataDiskPath);
      await qmp.execute('quit', z.unknown());
    } finally {
      await process.terminate();
    }
    await expect(process.exited).resolves.toMatchObject({ code: 0 });
  });
}

describe.skipIf(process.arch !== 'x64')('the data disk of a running QEMU', () => {
  test('grows under its guest', async () => {
    await withQemu(async (qmp) => {
      await resizeDataDisk(qmp, 6 * gib);
      const blocks = await qmp.execute('query-block', Blocks);
      expect(blocks.find(({ device }) => device === 'data')?.inserted?.image['virtual-size']).toBe(6 * gib);
      await expect(resizeDataDisk(qmp, -1)).rejects.toMatchObject({ code: 'qemu_failed' });
    });
  });

  test('gives back to the host what is discarded, and what is overwritten with zeros', async () => {
    await withQemu(async (qmp, path) => {
      const empty = await allocatedBytes(path);
      await io(qmp, 'write -P 1 0 64M');
      expect(await allocatedBytes(path)).toBeGreaterThanOrEqual(empty + 64 * mib);
      await io(qmp, 'discard 0 32M');
      expect(await allocatedBytes(path)).toBeLessThan(empty + 33 * mib);
      await io(qmp, 'write -P 0 32M 32M');
      expect(await allocatedBytes(path)).toBeLessThan(empty + mib);
    });
  });
});

/** qemu-io's commands on the disk under the guest; flushed, so that the host's file system has made up its mind. */
async function io(qmp: QmpClient, command: string): Promise<void> {
  for (const one of [command, 'flush']) {
    const said = await qmp.humanMonitor(`qemu-io data "${one}"`);
    expect(said).not.toMatch(/error|failed|not found/i);
  }
}
