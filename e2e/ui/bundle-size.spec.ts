import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const pageFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** The built page, terminal included, as it would travel: what a person on a slow connection to a remote machine waits for. */
const maxGzippedBytes = 700_000;

test('the built page stays small', async () => {
  const files = await readdir(pageFolder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile() && /\.(?:js|css|html)$/.test(file.name))
      .map(async (file) => gzipSync(await readFile(join(file.parentPath, file.name))).length),
  );
  const totalBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  test.info().annotations.push({ type: 'gzipped', description: `${Math.round(totalBytes / 1_000)} kB` });
  expect(sizes.length).toBeGreaterThan(2);
  expect(totalBytes).toBeLessThan(maxGzippedBytes);
});
