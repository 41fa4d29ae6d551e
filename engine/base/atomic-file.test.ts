import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { readFileIfAny, writeFileAtomic } from './atomic-file.ts';

test('replaces the content with mode 0600 and leaves no temporary file', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'deep', 'file');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'deep'))).toEqual(['file']);
  }));

test('a failed write leaves the old state and nothing half-written', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'by-a-folder'), { recursive: true });
    await expect(writeFileAtomic(path, 'content')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  }));

test('tells a missing file from an unreadable one', () =>
  withTempFolder(async (folder) => {
    expect(await readFileIfAny(join(folder, 'none'))).toBeUndefined();
    await writeFile(join(folder, 'some'), 'text');
    expect(await readFileIfAny(join(folder, 'some'))).toBe('text');
    await expect(readFileIfAny(folder)).rejects.toThrow('EISDIR');
  }));
