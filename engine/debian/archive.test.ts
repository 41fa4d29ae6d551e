import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateKey } from 'openpgp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { makeSigningKey, SmallArchive, type SmallPackage } from '../testing/small-archive.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { DebianArchive } from './archive.ts';
import { BlobCache } from './blob-cache.ts';

const signal = new AbortController().signal;
const suites = [{ archive: 'debian', suite: 'small', components: ['main'] }] as const;
const packages: SmallPackage[] = [
  { name: 'a', files: [{ name: './a', content: 'A' }] },
  { name: 'b', files: [] },
];

let keys: { privateKey: PrivateKey; keyring: Uint8Array };
let server: SmallArchive;

beforeAll(async () => {
  keys = await makeSigningKey();
});
beforeEach(async () => {
  server = await SmallArchive.start();
  await server.publish({ packages, privateKey: keys.privateKey });
});
afterEach(async () => {
  await server.stop();
});

/** An archive whose cache lies in `folder`, asking `mirrors` (the test's server unless said). */
async function archiveIn(folder: string, mirrors = [`${server.url}/debian`]): Promise<DebianArchive> {
  const keyringPath = join(folder, 'keyring.gpg');
  await writeFile(keyringPath, keys.keyring);
  const urls = mirrors.map((url) => ({ url, origin: 'setting' as const }));
  return new DebianArchive({
    listsFolder: join(folder, 'lists'),
    blobs: new BlobCache(join(folder, 'sha256')),
    keyringPath,
    mirrors: async () => ({ debian: urls, 'debian-security': urls }),
    log: silentLog,
  });
}

function open(archive: DebianArchive, maxAgeMs = 0) {
  return archive.index({ suites, architecture: 'amd64', maxAgeMs, signal });
}

describe('DebianArchive', () => {
  it('verifies lists and fetches packages', async () => {
    await withTempFolder(async (folder) => {
      const archive = await archiveIn(folder);
      const index = await open(archive);
      const progress: string[] = [];
      const paths = await archive.fetch([index.newest('a'), index.newest('b')], {
        signal,
        onProgress: (done, total) => progress.push(`${done === total}`),
      });
      expect(paths).toHaveLength(2);
      expect(progress.at(-1)).toBe('true');
    });
  });

  it('works offline from what it has, even when that has expired', async () => {
    await withTempFolder(async (folder) => {
      await server.publish({
        packages,
        privateKey: keys.privateKey,
        validUntil: new Date(Date.now() + 500_000),
      });
      const online = await archiveIn(folder);
      await online.fetch([(await open(online)).newest('a')], { signal });
      const offline = await archiveIn(folder, ['http://127.0.0.1:1/debian']);
      const index = await open(offline);
      await expect(offline.fetch([index.newest('a')], { signal })).resolves.toHaveLength(1);
      await expect(offline.fetch([index.newest('b')], { signal })).rejects.toMatchObject({
        code: 'download_failed',
      });
    });
  });

  it('asks no mirror while lists are young', async () => {
    await withTempFolder(async (folder) => {
      await open(await archiveIn(folder));
      server.requests.length = 0;
      await open(await archiveIn(folder), 60_000);
      expect(server.requests).toEqual([]);
    });
  });

  it('refuses a signature by a key that is not in the ring', async () => {
    await withTempFolder(async (folder) => {
      const stranger = await makeSigningKey();
      await server.publish({ packages, privateKey: stranger.privateKey });
      await expect(open(await archiveIn(folder))).rejects.toMatchObject({ code: 'signature_invalid' });
    });
  });

  it('refuses a release that was changed after signing', async () => {
    await withTempFolder(async (folder) => {
      const path = '/debian/dists/small/InRelease';
      const changed = server.files
        .get(path)
        ?.toString()
        .replace('Acquire-By-Hash: yes', 'Acquire-By-Hash: no');
      server.files.set(path, Buffer.from(changed ?? ''));
      await expect(open(await archiveIn(folder))).rejects.toMatchObject({ code: 'signature_invalid' });
    });
  });

  it('ignores text that stands outside the signature', async () => {
    await withTempFolder(async (folder) => {
      const path = '/debian/dists/small/InRelease';
      const text = server.files.get(path)?.toString() ?? '';
      server.files.set(
        path,
        Buffer.from(`${text}\nSuite: evil\nSHA256:\n 00 1 main/binary-amd64/Packages.xz\n`),
      );
      const opening = open(await archiveIn(folder));
      const outcome = await opening.then(
        (index) => index.newest('a').name,
        (thrown: { code: string }) => thrown.code,
      );
      expect(['a', 'signature_invalid']).toContain(outcome);
    });
  });

  it('refuses another suite under this name', async () => {
    await withTempFolder(async (folder) => {
      await server.publish({ packages, privateKey: keys.privateKey, codename: 'other' });
      await expect(open(await archiveIn(folder))).rejects.toMatchObject({
        code: 'signature_invalid',
        message: expect.stringContaining('"other" and not "small"'),
      });
    });
  });

  it('refuses an expired release from a mirror', async () => {
    await withTempFolder(async (folder) => {
      await server.publish({ packages, privateKey: keys.privateKey, validUntil: new Date(1_000) });
      await expect(open(await archiveIn(folder))).rejects.toMatchObject({
        code: 'signature_invalid',
        message: expect.stringMatching(/valid until 1970/),
      });
    });
  });

  it('passes over a mirror which is away or is a captive portal', async () => {
    await withTempFolder(async (folder) => {
      server.files.set('/portal/dists/small/InRelease', Buffer.from('<html>log in</html>'));
      const mirrors = ['http://127.0.0.1:1/debian', `${server.url}/portal`, `${server.url}/debian`];
      expect((await open(await archiveIn(folder, mirrors))).newest('a').version).toBe('1.0');
    });
  });

  it('lists every reason when no mirror can be reached', async () => {
    await withTempFolder(async (folder) => {
      const mirrors = ['http://127.0.0.1:1/debian', `${server.url}/nothing`];
      await expect(open(await archiveIn(folder, mirrors))).rejects.toMatchObject({
        code: 'mirror_unreachable',
        details: {
          mirrors: expect.stringMatching(/127\.0\.0\.1:1.*\(setting\): .+\n.*nothing.*: HTTP 404/),
        },
      });
    });
  });

  it('refuses lists and packages with a wrong hash', async () => {
    await withTempFolder(async (folder) => {
      const archive = await archiveIn(folder);
      const index = await open(archive);
      const item = index.newest('a');
      const path = `/debian/${item.filename}`;
      server.files.set(path, Buffer.alloc(item.sizeBytes));
      await expect(archive.fetch([item], { signal })).rejects.toMatchObject({ code: 'hash_mismatch' });
    });
    await withTempFolder(async (folder) => {
      const path = [...server.files.keys()].find((name) => name.includes('by-hash')) ?? '';
      server.files.set(path, Buffer.alloc(server.files.get(path)?.length ?? 0));
      await expect(open(await archiveIn(folder))).rejects.toMatchObject({ code: 'hash_mismatch' });
    });
  });

  it('fetches again what was damaged in the cache', async () => {
    await withTempFolder(async (folder) => {
      const archive = await archiveIn(folder);
      const item = (await open(archive)).newest('a');
      const [path = ''] = await archive.fetch([item], { signal });
      await writeFile(path, Buffer.alloc(item.sizeBytes));
      await archive.fetch([item], { signal });
      server.requests.length = 0;
      await archive.fetch([item], { signal });
      expect(server.requests).toEqual([]);
    });
  });

  it('downloads a file once for two who want it, and goes on when one of them leaves', async () => {
    await withTempFolder(async (folder) => {
      const archive = await archiveIn(folder);
      const item = (await open(archive)).newest('a');
      server.requests.length = 0;
      const leaving = new AbortController();
      const first = archive.fetch([item], { signal: leaving.signal });
      const second = archive.fetch([item], { signal });
      leaving.abort();
      await expect(first).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      await expect(second).resolves.toHaveLength(1);
      expect(server.requests).toHaveLength(1);
    });
  });
});
