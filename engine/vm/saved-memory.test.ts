import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pathsUnder, type VmPaths } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { SavedMemory } from './saved-memory.ts';

const facts = {
  bootedAt: 1,
  imageId: 'image',
  root: { sha256: 'abc', bytes: 1, modifiedMs: 1 },
  identity: {
    qemuVersion: '10.0.2',
    accelerator: 'tcg' as const,
    processor: null,
    size: { cpus: 1, memoryMiB: 64 },
    shape: ['-name', 'x'],
  },
  trials: [],
};

/** A VM's folder with a disk, and with a memory that is published. */
async function withPublished(work: (memory: SavedMemory, paths: VmPaths) => Promise<void>): Promise<void> {
  await withTempFolder(async (home) => {
    const paths = pathsUnder(home).vm('service');
    await mkdir(paths.root, { recursive: true });
    await writeFile(paths.dataDisk, 'disk');
    const memory = new SavedMemory(paths);
    await memory.prepare();
    await writeFile(memory.path, 'memory');
    await memory.sync();
    expect(await memory.published()).toBe(false);
    await memory.publish(facts);
    await work(memory, paths);
  });
}

test('a published memory is found, and kept out of backups', async () => {
  await withPublished(async (memory, paths) => {
    expect(await memory.read()).toMatchObject({ ...facts, version: 1, memory: { bytes: 6 } });
    expect(await memory.allocatedBytes()).toBeGreaterThan(0);
    const tag = await readFile(`${paths.stateFolder}/CACHEDIR.TAG`, 'utf8');
    expect(tag).toMatch(/^Signature: 8a477f597d28d172789f06886806bc55\n/);
    expect((await stat(paths.stateFolder)).mode & 0o777).toBe(0o700);
    expect((await stat(paths.savedManifest)).mode & 0o777).toBe(0o600);
  });
});

test('a memory is consumed by the change of the disk’s generation alone', async () => {
  await withPublished(async (memory, paths) => {
    const before = await readFile(paths.diskGeneration, 'utf8');
    const manifest = await readFile(paths.savedManifest);
    await memory.consume();
    expect(await readFile(paths.diskGeneration, 'utf8')).not.toBe(before);
    await expect(stat(paths.savedMemory)).rejects.toThrow('ENOENT');
    await writeFile(paths.savedManifest, manifest);
    expect(await memory.read()).toBeNull();
    expect(await memory.published()).toBe(false);
  });
});

test('a disk or a memory that was touched since is no match', async () => {
  await withPublished(async (memory, paths) => {
    const manifest = await memory.read();
    if (!manifest) throw new Error('not published');
    expect(await memory.misfit(manifest)).toBeNull();
    await writeFile(paths.dataDisk, 'else');
    expect(await memory.misfit(manifest)).toBe('its data disk has been changed since');
    await truncate(memory.path, 3);
    expect(await memory.misfit(manifest)).toBe('the file of its memory is gone or has been cut');
  });
});

test('a manifest of another version is refused, not taken for none', async () => {
  await withPublished(async (memory, paths) => {
    await writeFile(paths.savedManifest, '{"version":2}');
    await expect(memory.read()).rejects.toMatchObject({ code: 'saved_state_unusable' });
    expect(await memory.published()).toBe(true);
    await memory.discard();
    expect(await memory.read()).toBeNull();
  });
});
