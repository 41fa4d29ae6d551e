import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compressXz, makeAr } from '../testing/small-archive.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { listArMembers, openDebData } from './deb.ts';

const signal = new AbortController().signal;
const payload = Buffer.from('not really a tar, '.repeat(20_000));

function deb(name: string, data: Buffer): Buffer {
  return makeAr([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', Buffer.from('odd')],
    [name, data],
  ]);
}

async function dataOf(content: Buffer): Promise<Buffer> {
  return await withTempFolder(async (folder) => {
    const path = join(folder, 'a.deb');
    await writeFile(path, content);
    return await buffer(await openDebData(path, signal));
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('openDebData', () => {
  it.each([
    ['data.tar.xz', compressXz(payload)],
    ['data.tar.gz', gzipSync(payload)],
    ['data.tar.zst', zstdCompressSync(payload)],
    ['data.tar', payload],
  ])('reads %s', async (name, data) => {
    expect((await dataOf(deb(name, data))).equals(payload)).toBe(true);
  });

  it('reads xz without the program', async () => {
    const content = deb('data.tar.xz', compressXz(payload));
    vi.stubEnv('PATH', '/nonexistent');
    expect((await dataOf(content)).equals(payload)).toBe(true);
  });

  it.each(['data.tar.xz', 'data.tar.gz', 'data.tar.zst'])('refuses a broken %s', async (name) => {
    const whole = { 'data.tar.xz': compressXz, 'data.tar.gz': gzipSync, 'data.tar.zst': zstdCompressSync }[
      name
    ];
    const broken = Buffer.from(whole?.(payload) ?? '').subarray(0, -20);
    await expect(dataOf(deb(name, broken))).rejects.toMatchObject({ code: 'package_corrupt' });
  });

  it('refuses a broken xz without the program', async () => {
    const content = deb('data.tar.xz', compressXz(payload).subarray(0, -20));
    vi.stubEnv('PATH', '/nonexistent');
    await expect(dataOf(content)).rejects.toMatchObject({ code: 'package_corrupt' });
  });

  it('refuses what is no package, and one that was cut', async () => {
    const whole = deb('data.tar.gz', gzipSync(payload));
    await expect(dataOf(Buffer.from('<html>'))).rejects.toThrow(/no ar archive/);
    await expect(dataOf(whole.subarray(0, -10))).rejects.toThrow(/ends within a member/);
    await expect(dataOf(deb('data.tar.lzma', payload))).rejects.toThrow(/no data\.tar/);
  });
});

describe('listArMembers', () => {
  it('keeps to even offsets', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'a.ar');
      await writeFile(
        path,
        makeAr([
          ['odd', Buffer.from('123')],
          ['even', Buffer.from('12')],
        ]),
      );
      expect(await listArMembers(path)).toEqual([
        { name: 'odd', offset: 68, sizeBytes: 3 },
        { name: 'even', offset: 132, sizeBytes: 2 },
      ]);
    });
  });
});
