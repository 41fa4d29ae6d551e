import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmallArchive, sha256 } from '../testing/small-archive.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { type Download, download } from './download.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
const path = '/debian/pool/thing.deb';
const child = join(import.meta.dirname, '../testing/downloading-child.ts');

let server: SmallArchive;

beforeEach(async () => {
  server = await SmallArchive.start();
  server.files.set(path, content);
});
afterEach(async () => {
  await server.stop();
});

function request(folder: string, change: Partial<Download> = {}): Download {
  return {
    urls: [server.url + path],
    path: join(folder, 'thing'),
    sizeBytes: content.length,
    sha256: sha256(content),
    signal: new AbortController().signal,
    ...change,
  };
}

/** The first request gets `bytes` bytes, and a broken connection when the returned function is called. */
function breakFirst(bytes: number): () => void {
  let breakOff = (): void => undefined;
  server.intercept = (_path, _request, response) => {
    server.intercept = () => false;
    response.writeHead(200, { etag: `"${sha256(content).slice(0, 16)}"`, 'content-length': content.length });
    response.write(content.subarray(0, bytes));
    breakOff = () => response.destroy();
    return true;
  };
  return () => breakOff();
}

describe('download', () => {
  it('writes a verified file and nothing beside it', async () => {
    await withTempFolder(async (folder) => {
      const progress: number[] = [];
      await download(request(folder, { onProgress: (bytes) => progress.push(bytes) }));
      expect(await readFile(join(folder, 'thing'))).toEqual(content);
      expect(progress.at(-1)).toBe(content.length);
      expect(existsSync(join(folder, 'thing.partial'))).toBe(false);
      expect(existsSync(join(folder, 'thing.partial.json'))).toBe(false);
    });
  });

  it('resumes where a broken connection ended', async () => {
    await withTempFolder(async (folder) => {
      const breakOff = breakFirst(100_000);
      await download(request(folder, { onProgress: breakOff }));
      expect(await readFile(join(folder, 'thing'))).toEqual(content);
      const resumed = server.requests[1]?.range;
      expect(Number(/^bytes=(\d+)-$/.exec(resumed ?? '')?.[1])).toBeGreaterThan(0);
    });
  });

  it('begins again when the server has another file by now', async () => {
    await withTempFolder(async (folder) => {
      const note = { url: server.url + path, validator: '"an-older-file"' };
      await writeFile(join(folder, 'thing.partial'), 'something else entirely');
      await writeFile(join(folder, 'thing.partial.json'), JSON.stringify(note));
      await download(request(folder));
      expect(await readFile(join(folder, 'thing'))).toEqual(content);
      expect(server.requests).toHaveLength(1);
    });
  });

  it('throws a partial file away which turns out wrong, and fetches the whole', async () => {
    await withTempFolder(async (folder) => {
      await writeFile(join(folder, 'thing.partial'), Buffer.alloc(5_000, 'x'));
      await download(request(folder));
      expect(await readFile(join(folder, 'thing'))).toEqual(content);
      expect(server.requests.map((item) => item.range)).toEqual(['bytes=5000-', undefined]);
    });
  });

  it('finishes what a killed process began', async () => {
    await withTempFolder(async (folder) => {
      const target = join(folder, 'thing');
      const held = new Promise<void>((resolve) => {
        server.intercept = (_path, _request, response) => {
          response.writeHead(200, { 'content-length': content.length, etag: '"x"' });
          response.write(content.subarray(0, 200_000), () => resolve());
          return true;
        };
      });
      const args = [child, server.url + path, target, String(content.length), sha256(content)];
      const process_ = spawn(process.execPath, args, { stdio: 'ignore' });
      await held;
      while (!existsSync(`${target}.partial`) || (await stat(`${target}.partial`)).size === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      process_.kill('SIGKILL');
      await once(process_, 'exit');
      expect(existsSync(target)).toBe(false);

      server.intercept = () => false;
      server.requests.length = 0;
      await download(request(folder));
      expect(await readFile(target)).toEqual(content);
      expect(server.requests[0]?.range).toMatch(/^bytes=[1-9]/);
    });
  });

  it('keeps what it has when cancelled, and says cancelled', async () => {
    await withTempFolder(async (folder) => {
      const controller = new AbortController();
      server.intercept = (_path, _request, response) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 50_000));
        return true;
      };
      const onProgress = () => controller.abort();
      await expect(download(request(folder, { signal: controller.signal, onProgress }))).rejects.toThrow(
        expect.objectContaining({ name: 'AbortError' }),
      );
      expect(existsSync(join(folder, 'thing'))).toBe(false);
      expect((await stat(join(folder, 'thing.partial'))).size).toBeGreaterThan(0);
    });
  });

  it('asks the next mirror and tells why each one failed', async () => {
    await withTempFolder(async (folder) => {
      const gone = `${server.url}/gone`;
      await download(request(folder, { urls: [gone, server.url + path] }));
      expect(existsSync(join(folder, 'thing'))).toBe(true);

      const nobody = 'http://127.0.0.1:1/thing';
      const failing = download(request(folder, { path: join(folder, 'b'), urls: [gone, nobody] }));
      await expect(failing).rejects.toMatchObject({
        code: 'download_failed',
        details: { mirrors: expect.stringMatching(/gone: HTTP 404.*\n.*127\.0\.0\.1:1\/thing: .+/) },
      });
    });
  });

  it('never lets a wrong file through', async () => {
    await withTempFolder(async (folder) => {
      server.files.set(path, Buffer.from(content).fill(0, 1_000, 1_001));
      await expect(download(request(folder))).rejects.toMatchObject({ code: 'hash_mismatch' });
      expect(existsSync(join(folder, 'thing'))).toBe(false);
      expect(existsSync(join(folder, 'thing.partial'))).toBe(false);
    });
  });

  it.each([
    ['too long', Buffer.concat([content, content])],
    ['too short', content.subarray(0, 1_000)],
  ])('never lets a file through that is %s', async (_what, served) => {
    await withTempFolder(async (folder) => {
      server.files.set(path, served);
      await expect(download(request(folder))).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:hash_mismatch|download_failed)$/),
      });
      expect(existsSync(join(folder, 'thing'))).toBe(false);
    });
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'says that the disk is full when it is',
    async () => {
      await withTempFolder(async (folder) => {
        const small = join(folder, 'small');
        await mkdir(small);
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'small', small]);
        try {
          await expect(download(request(small))).rejects.toMatchObject({ code: 'disk_full' });
          expect(existsSync(join(small, 'thing'))).toBe(false);
        } finally {
          execFileSync('umount', [small]);
        }
      });
    },
  );
});
