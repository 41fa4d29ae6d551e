import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { ensureDataDisk } from './data-disk.ts';

const signal = new AbortController().signal;
const gib = 1024 ** 3;

test('is made once, grows when asked to, and never shrinks', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'data, with a comma.qcow2');
    expect(await ensureDataDisk({ path, sizeGiB: 4, signal })).toBe(4 * gib);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await ensureDataDisk({ path, sizeGiB: 6, signal })).toBe(6 * gib);
    expect(await ensureDataDisk({ path, sizeGiB: 5, signal })).toBe(6 * gib);
  });
});

test('a file that is no disk is left alone and named', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'data.qcow2');
    await writeFile(path, 'my only copy');
    await expect(ensureDataDisk({ path, sizeGiB: 4, signal })).rejects.toMatchObject({
      code: 'qemu_failed',
      details: { path },
    });
    expect((await stat(path)).size).toBe('my only copy'.length);
  });
});
