import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { lastLines } from './last-lines.ts';
import { tailLines } from './tail-lines.ts';

test('yields lines as they grow, whole ones only, from the beginning on', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'console.log');
    const ending = new AbortController();
    const lines = tailLines(path, { signal: ending.signal, intervalMs: 5 });
    const first = lines.next();
    await writeFile(path, 'one\r\ntw');
    expect((await first).value).toBe('one');
    const second = lines.next();
    await appendFile(path, 'o\nthree\n');
    expect((await second).value).toBe('two');
    expect((await lines.next()).value).toBe('three');
    const none = lines.next();
    ending.abort();
    expect((await none).done).toBe(true);
  });
});

test('cuts what is no line, so that a hostile writer fills no memory', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'console.log');
    await writeFile(path, `${'x'.repeat(10_000)}\nshort\n`);
    const lengths: number[] = [];
    const ending = new AbortController();
    for await (const line of tailLines(path, { signal: ending.signal, intervalMs: 5 })) {
      lengths.push(line.length);
      if (line === 'short') ending.abort();
    }
    expect(lengths).toEqual([4_096, 4_096, 1_808, 5]);
  });
});

test('the last lines of a file, and none of one that is not there', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'console.log');
    expect(await lastLines(path, 5)).toEqual([]);
    await writeFile(path, 'one\r\n\r\ntwo\nthree');
    expect(await lastLines(path, 2)).toEqual(['two', 'three']);
  });
});
